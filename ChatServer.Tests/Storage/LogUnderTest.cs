using System.Globalization;
using System.Text;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

/// <summary>A data directory with a log in it, small pages and segments, and what the log promised so far.</summary>
internal sealed class LogUnderTest : IDisposable
{
    public const int PageBytes = 4096;
    public const int SegmentBytes = 4 * PageBytes;
    private const int Partitions = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly Section[] _sections = [.. Enumerable.Range(0, Partitions).Select(id => new Section(id))];
    private DataDirectory? _directory;
    private readonly TimeSpan _markDelay;
    private readonly bool? _commitsHere;
    private FasterCommitLog? _log;
    private Exception? _failure;

    /// <param name="markDelay">How late the mark may be; default: it is on disk before each acknowledgement.</param>
    /// <param name="commitsHere">Whether whoever asks for a commit performs it; default: as a server has it, where it is short.</param>
    public LogUnderTest(TimeSpan markDelay = default, bool? commitsHere = null)
    {
        _markDelay = markDelay;
        _commitsHere = commitsHere;
        Root = Directory.CreateTempSubdirectory("chatserver-log-").FullName;
    }

    public string Root { get; }

    public string DataPath => Path.Combine(Root, "data");

    public string LogPath => Path.Combine(DataPath, "log");

    public string SlotsPath => Path.Combine(LogPath, "commits");

    public FaultyDisk Disk { get; private set; } = new();

    /// <summary>Every batch that was appended, as its text; batch n is at n - 1.</summary>
    public List<string> Appended { get; private set; } = [];

    /// <summary>What the last opening replayed.</summary>
    public List<string> Replayed { get; } = [];

    /// <summary>The highest number that any log here ever stated as durable.</summary>
    public ulong Acknowledged { get; private set; }

    public FasterCommitLog Log => _log ?? throw new InvalidOperationException("The log is not open");

    public Exception? Failure
    {
        get
        {
            lock (_gate) return _failure;
        }
    }

    public IEnumerable<string> Segments => Directory.EnumerateFiles(LogPath, "*.segment").Order();

    /// <summary>Opens with a disk that has no fault yet, or with this one.</summary>
    public void Open(TimeSpan? lazyCommit = null, FaultyDisk? disk = null)
    {
        Disk = disk ?? new FaultyDisk();
        Replayed.Clear();
        _failure = null;
        _directory = DataDirectory.Open(DataPath, Partitions);
        try
        {
            _log = FasterCommitLog.Open(_directory, Options(lazyCommit), LogStart.Beginning, Replay);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }

        _log.OnDurable(OnDurable);
        _log.OnFailure(OnFailure);
        Assert.That(Replayed, Is.EqualTo(Appended.Take(Replayed.Count)), "what is replayed was not what was appended");
        Assert.That((ulong)Replayed.Count, Is.GreaterThanOrEqualTo(Acknowledged), "an acknowledged batch is lost");
        Assert.That(_log.Durable.BatchNumber, Is.EqualTo((ulong)Replayed.Count));
        RequireZerosBeyondTheEnd();
        Appended = [.. Replayed];
        Acknowledged = _log.Durable.BatchNumber;
    }

    /// <summary>The message of the refusal.</summary>
    public string OpenRefused()
    {
        var refusal = Assert.Throws<StorageException>(() => Open());
        Assert.That(refusal?.Message, Does.Not.Contain("\n"));
        return refusal?.Message ?? "";
    }

    public void Reopen()
    {
        Close();
        Open();
    }

    public void Close()
    {
        _log?.Dispose();
        if (_log is not null) Acknowledged = Math.Max(Acknowledged, _log.Durable.BatchNumber);
        _directory?.Dispose();
        _log = null;
        _directory = null;
    }

    /// <summary>One batch of one record in one section; false when the log refused.</summary>
    public bool TryAppend(string text, out SectionAddress address, out RecordSpan span)
    {
        var section = _sections[Appended.Count % Partitions];
        section.Open((ulong)Appended.Count + 1, 1, 0);
        span = section.Append(1, 1, Encoding.UTF8.GetBytes(text));
        var addresses = new SectionAddress[1];
        var appended = Log.TryAppend([section], addresses, out var number);
        address = addresses[0];
        if (!appended) return false;
        Appended.Add(text);
        Assert.That(number, Is.EqualTo((ulong)Appended.Count));
        return true;
    }

    /// <summary>The files were put back on purpose: nothing is owed any more.</summary>
    public void ForgetAcknowledged() => Acknowledged = 0;

    public void Append(string text) => Assert.That(TryAppend(text, out _, out _), Is.True, "the log refused a batch");

    /// <summary>Waits until all that is appended is durable or the log has failed; whether it is durable.</summary>
    public bool Commit()
    {
        Log.RequestCommit();
        return WaitFor(() => Log.Durable.Covers((ulong)Appended.Count));
    }

    /// <summary>Waits for something that a commit, a failure or the layout of a segment brings about.</summary>
    public bool WaitFor(Func<bool> reached)
    {
        while (!reached())
        {
            if (Failure is not null) return false;
            Assert.That(_news.WaitOne(Patience), Is.True, "nothing happened");
        }

        return true;
    }

    /// <summary>Batches of many lengths, one to four in each commit; stops when the log fails.</summary>
    public void Write(int commits, Random random)
    {
        for (var i = 0; i < commits; i++)
        {
            for (var batches = 1 + random.Next(4); batches > 0; batches--)
            {
                var text = Appended.Count.ToString(CultureInfo.InvariantCulture).PadRight(1 + random.Next(1500), '.');
                if (!WaitFor(() => TryAppend(text, out _, out _))) return;
            }

            if (!Commit()) return;
        }
    }

    public void Dispose()
    {
        Close();
        _news.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private CommitLogOptions Options(TimeSpan? lazyCommit) => (_commitsHere switch
    {
        true => new CommitLogOptions { ShortCommitBytes = int.MaxValue, ShortCommitTime = TimeSpan.MaxValue },
        false => new CommitLogOptions { ShortCommitBytes = 0 },
        null => new CommitLogOptions(),
    }) with
    {
        PageBytes = PageBytes,
        MemoryBytes = 4 * PageBytes,
        SegmentBytes = SegmentBytes,
        LazyCommit = lazyCommit ?? TimeSpan.FromHours(1),
        MarkDelay = _markDelay,
        FullDiskRetry = TimeSpan.FromMilliseconds(1),
        OpenFile = (path, create) => Disk.Open(path, create),
    };

    /// <summary>What a crash left is gone, so it can neither be taken for a batch later nor for damage.</summary>
    private void RequireZerosBeyondTheEnd()
    {
        var number = 0L;
        foreach (var segment in Segments.ToList())
        {
            var used = (int)Math.Clamp(Log.LogBytes - (number++ * SegmentBytes), 0, SegmentBytes);
            var bytes = File.ReadAllBytes(segment).AsSpan(SegmentHeader.Bytes + used);
            Assert.That(bytes.ContainsAnyExcept((byte)0), Is.False, $"{segment} holds something behind the end of the log");
        }
    }

    private void Replay(ulong batchNumber, RecoveredSection section)
    {
        Assert.That(batchNumber, Is.EqualTo((ulong)Replayed.Count + 1));
        foreach (var record in section) Replayed.Add(Encoding.UTF8.GetString(record.Body));
    }

    private void OnDurable()
    {
        lock (_gate) Acknowledged = Math.Max(Acknowledged, Log.Durable.BatchNumber);
        _news.Set();
    }

    private void OnFailure(Exception failure)
    {
        lock (_gate) _failure = failure;
        _news.Set();
    }
}
