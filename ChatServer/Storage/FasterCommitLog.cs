using System.Diagnostics;
using ChatServer.Diagnostics;

namespace ChatServer.Storage;

/// <summary>
/// The commit log on disk: FasterLog for what it is good at, taking appends in memory and handing pages to a device, inside a
/// fence that decides what is durable. One entry a batch; one thread at a time, whoever holds the commit gate, writes, syncs and only
/// then raises <see cref="Durable"/>; the mark in a slot follows it closely. That is the committer, a thread of its own, or, where a
/// commit is short, whoever asks for it. The first error ends it for good: nothing is acknowledged afterwards.
/// </summary>
internal sealed class FasterCommitLog : ICommitLog
{
    private readonly CommitLogOptions _options;
    private readonly SegmentFiles _files;
    private readonly CommitMarks _marks;
    private readonly FasterPages _pages;
    private readonly SegmentPreparation _preparation;
    private readonly LogGeometry _geometry;
    private readonly Thread _committer;
    private readonly AutoResetEvent _work = new(false);

    // One commit at a time, and what is known of the last. Taken before the append gate.
    private readonly Lock _commitGate = new();

    // Everything FASTER is told by us, and the tail. Held while a batch is framed and copied, never during I/O.
    private readonly Lock _appendGate = new();
    private readonly byte[] _entry;
    private CommitMark _appended;
    private long _appendedEnd;
    private long _armedAt;
    private volatile bool _isArmed;
    private bool _wasRefused;

    // Callbacks and failure; taken after the append gate where both are.
    private readonly Lock _stateGate = new();
    private Action[] _wakes = [];
    private Action<Exception>[] _stops = [];
    private volatile Exception? _failure;

    private volatile bool _isRequested;
    private volatile bool _isStopping;
    private volatile bool _isAsleep;
    private CommitMark _mark;
    private ulong _durable;
    private long _durableEnd;
    private long _commits;
    private long _lastCommitTicks;
    private bool _isDisposed;

    private FasterCommitLog(CommitLogOptions options, int partitions, SegmentFiles files, CommitSlots slots, CommitMark recovered)
    {
        _options = options;
        _files = files;
        _geometry = files.Geometry;
        _entry = new byte[_geometry.PageBytes];
        _appended = recovered;
        _appendedEnd = recovered.EndAddress;
        _mark = recovered;
        _durable = recovered.Number;
        _durableEnd = recovered.EndAddress;
        MaxBatchBytes = _geometry.PageBytes - LogEntry.HeaderBytes - BatchFrame.Overhead(partitions);
        StorageException.Assert(MaxBatchBytes > 0, "a page of the log has no room for one section of each partition");
        _committer = new Thread(Run) { Name = "log commit", IsBackground = true };
        _pages = new FasterPages(files, options.MemoryBytes, recovered, _commitGate);
        _marks = new CommitMarks(slots, _pages, options.MarkDelay, recovered);
        _preparation = new SegmentPreparation(files, recovered.EndAddress, options.FullDiskRetry, AskCommitter, Fail);
    }

    public int MaxBatchBytes { get; }

    public bool HasRoom => _preparation.HasRoom;

    public Durable Durable => Durable.UpTo(Volatile.Read(ref _durable));

    /// <summary>Bytes of the log up to its durable end, padding included. Any thread.</summary>
    public long LogBytes => Interlocked.Read(ref _durableEnd);

    /// <summary>Bytes that the log takes up on disk, laid out in advance or used. Any thread.</summary>
    public long DiskBytes => _files.DiskBytes;

    public CommitMark Mark
    {
        get
        {
            lock (_stateGate) return _mark;
        }
    }

    /// <summary>Commits since the start. Any thread.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>How long the last commit took, from asking FASTER to the batches on disk. Any thread.</summary>
    public TimeSpan LastCommitTime => TimeSpan.FromTicks(Interlocked.Read(ref _lastCommitTicks));

    /// <summary>Batches that are durable, since the log was created. Any thread.</summary>
    public ulong Batches => Volatile.Read(ref _durable);

    private bool IsUrgent => _isRequested || _isStopping || _failure is not null;

    /// <summary>
    /// Recovers the log, or creates it in a directory that never had one; verifies and replays every batch from the start on; then
    /// serves.
    /// </summary>
    /// <exception cref="StorageException">What is on disk does not verify, or cannot be read or written.</exception>
    public static FasterCommitLog Open(DataDirectory directory, CommitLogOptions options, LogStart start, ReplaySection replay)
    {
        StorageException.Assert(
            options.MemoryBytes <= CommitLogOptions.MaxMemoryBytes && options.MemoryBytes >= 2 * options.PageBytes,
            "the log's memory is not between two pages and its bound");
        SegmentFiles? files = null;
        CommitSlots? slots = null;
        FasterCommitLog? log = null;
        try
        {
            (files, slots) = LogFiles.Open(directory, options);
            if (!slots.AreWhole) Log.SlotUnreadable(slots.Path);
            var recovered = LogRecovery.Run(files, slots, start, CommitLogOptions.MaxMemoryBytes, replay);
            log = new FasterCommitLog(options, directory.PartitionCount, files, slots, recovered);
            log._preparation.Start();
            log._committer.Start();
            return log;
        }
        catch
        {
            log?._pages.Dispose();
            slots?.Dispose();
            files?.Dispose();
            throw;
        }
    }

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber)
    {
        batchNumber = 0;
        StorageException.Assert(sections.Length is > 0 and <= BatchFrame.MaxSections && addresses.Length >= sections.Length, "a batch has no sections, too many, or no room for their addresses");
        var length = BatchFrame.Length(sections);
        StorageException.Assert(length - BatchFrame.Overhead(sections.Length) <= MaxBatchBytes, "a batch is too large");
        lock (_appendGate)
        {
            if (_failure is not null || _isStopping) return false;
            var (start, entryLength) = LogEntry.Place(_geometry, _pages.TailAddress, length);
            if (!IsFree(start, entryLength)) return Refuse();
            var entry = _entry.AsSpan(0, entryLength - LogEntry.HeaderBytes);
            var number = _appended.Number + 1;
            var hash = BatchFrame.Write(entry[..length], number, Durable, _appended.Hash, sections, addresses, start + LogEntry.HeaderBytes);
            entry[length..].Clear();
            if (!TryEnqueue(entry, start)) return Refuse();
            _appended = new CommitMark(number, start + entryLength, hash);
            Volatile.Write(ref _appendedEnd, _appended.EndAddress);
            _preparation.Reach(_appended.EndAddress);
            batchNumber = number;
            if (_isArmed) return true;
            Volatile.Write(ref _armedAt, Stopwatch.GetTimestamp());
            _isArmed = true;
        }

        // A committer that is awake looks again in time. One that goes to sleep says so before it looks for the last time.
        Interlocked.MemoryBarrier();
        if (_isAsleep) _work.Set();
        return true;
    }

    public void RequestCommit()
    {
        if (_isRequested || TryCommitHere()) return;
        AskCommitter();
    }

    public void OnDurable(Action wake)
    {
        lock (_stateGate) _wakes = [.. _wakes, wake];
    }

    public void OnFailure(Action<Exception> stop)
    {
        Exception? failure;
        lock (_stateGate)
        {
            _stops = [.. _stops, stop];
            failure = _failure;
        }

        if (failure is not null) stop(failure);
    }

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination)
    {
        StorageException.Assert(destination.Length == record.Length, "a record is read into a place of another length");
        var address = section.LogAddress + record.Offset;
        StorageException.Assert(
            record.Offset >= 0 && section.LogAddress >= LogGeometry.FirstAddress && address + record.Length <= LogBytes,
            "a record is read that is not durable");
        try
        {
            _files.Read(address, destination);
        }
        catch (StorageException failure)
        {
            Fail(failure);
            return false;
        }

        if (RecordFrame.IsIntact(destination)) return true;
        Fail(new StorageException($"{_files.Locate(address)}: a record does not verify"));
        return false;
    }

    public int SegmentOf(SectionAddress section) => _geometry.Segment(section.LogAddress);

    public bool Holds(SectionAddress section) => section.LogAddress >= _files.BeginAddress && section.LogAddress < LogBytes;

    public void Release(int beforeSegment)
    {
        try
        {
            _files.RemoveBefore(Math.Min((long)beforeSegment * _geometry.SegmentBytes, Mark.EndAddress));
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <summary>Copies what is durable now. Not while <see cref="Release"/> is called, nor by a loop: it takes its time.</summary>
    public void CopyTo(BackupFolder backup, UInt128 history) => backup.CopyLog(_files, Mark, history);

    /// <summary>Commits what is appended, calls nobody any more, and ends. Not from a callback.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _isStopping = true;
        _work.Set();
        _committer.Join();
        _preparation.Dispose();
        _pages.Dispose();
        _marks.Dispose();
        _files.Dispose();
        _work.Dispose();
    }

    /// <summary>Laid out on disk, and in a page that FASTER has in memory or can have without waiting.</summary>
    private bool IsFree(long start, int length) =>
        start + length <= _files.EndAddress
        && start / _geometry.PageBytes < (_options.MemoryBytes + _pages.FlushedUntilAddress) / _geometry.PageBytes;

    private bool TryEnqueue(ReadOnlySpan<byte> entry, long start)
    {
        if (!_pages.TryEnqueue(entry, out var address)) return false;
        if (address == start) return true;
        Fail(new StorageException($"broken promise in the storage: FASTER put a batch at {address}, not at {start}"));
        return false;
    }

    /// <summary>Who was refused is woken after the next commit, and when another segment is there.</summary>
    private bool Refuse()
    {
        _wasRefused = true;
        AskCommitter();
        return false;
    }

    private void AskCommitter()
    {
        if (_isRequested) return;
        _isRequested = true;
        _work.Set();
    }

    /// <summary>
    /// A commit of little, on a disk that was quick the last time, is over before the committer would have begun it, and the loop that
    /// asked waits for nothing else. False: left to the committer.
    /// </summary>
    private bool TryCommitHere()
    {
        if (LastCommitTime > _options.ShortCommitTime) return false;
        if (Volatile.Read(ref _appendedEnd) - LogBytes > _options.ShortCommitBytes || !_commitGate.TryEnter()) return false;
        try
        {
            if (_isStopping || _failure is not null) return false;
            var wereStated = _marks.AreStated;
            Commit();
            if (wereStated && !_marks.AreStated) _work.Set(); // the committer is to know when the mark is due
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            _commitGate.Exit();
        }

        return true;
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                AwaitWork();
                lock (_commitGate)
                {
                    if (_failure is not null) return; // FASTER hands nothing in after an error
                    var isLast = _isStopping;
                    _isRequested = false;
                    CommitAndState(isLast);
                    if (isLast) return;
                }
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <summary>
    /// Returns when a commit was asked for, or the time of the lazy one has come; states the mark meanwhile. The event only ends a wait;
    /// what is to be done is in the flags, since one event may stand for several. Where something is appended again and again the
    /// committer stays awake, looking in time for what is lazy, so that no append has to wake it.
    /// </summary>
    private void AwaitWork()
    {
        var seen = -1L;
        while (!IsUrgent)
        {
            var wait = _options.LazyCommit;
            if (_isArmed)
            {
                wait -= Stopwatch.GetElapsedTime(Volatile.Read(ref _armedAt));
                if (wait <= TimeSpan.Zero) return;
            }

            var due = StateMarkIfDue();
            if (due < wait) wait = due;
            var end = Volatile.Read(ref _appendedEnd);
            if (end == seen && !_isArmed && due == TimeSpan.MaxValue)
            {
                Sleep();
                seen = -1;
                continue;
            }

            seen = end;
            _work.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
        }
    }

    private void Sleep()
    {
        _isAsleep = true;
        Interlocked.MemoryBarrier();
        if (!IsUrgent && !_isArmed) _work.WaitOne();
        _isAsleep = false;
    }

    // The log has failed before the gate opens: nobody commits after an error.
    private void CommitAndState(bool isLast)
    {
        try
        {
            Commit();
            if (isLast) _marks.State();
            else _marks.StateIfDue();
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private TimeSpan StateMarkIfDue()
    {
        lock (_commitGate)
        {
            try
            {
                return _failure is null ? _marks.StateIfDue() : TimeSpan.MaxValue;
            }
            catch (Exception failure)
            {
                Fail(failure);
                return TimeSpan.MaxValue;
            }
        }
    }

    private void Commit()
    {
        var started = Stopwatch.GetTimestamp();
        CommitMark target;
        bool wasRefused;
        lock (_appendGate)
        {
            target = _appended;
            (wasRefused, _wasRefused) = (_wasRefused, false);
            _isArmed = false;
            if (target.Number != _durable) _pages.Commit();
        }

        if (target.Number != _durable)
        {
            _pages.Write(target.EndAddress);
            _marks.Reach(target);
            Interlocked.Exchange(ref _lastCommitTicks, Stopwatch.GetElapsedTime(started).Ticks);
        }
        else if (!wasRefused)
        {
            return;
        }
        else if (!HasRoom)
        {
            // Nothing has changed for who was refused until a segment can be laid out, which wakes them.
            lock (_appendGate) _wasRefused = true;
            return;
        }

        Publish(target);
    }

    private void Publish(CommitMark mark)
    {
        Action[] wakes;
        lock (_stateGate)
        {
            if (_failure is not null) return;
            if (mark.Number != _durable) Interlocked.Increment(ref _commits);
            _mark = mark;
            Interlocked.Exchange(ref _durableEnd, mark.EndAddress);
            Volatile.Write(ref _durable, mark.Number);
            wakes = _isStopping ? [] : _wakes;
        }

        foreach (var wake in wakes) wake();
    }

    private void Fail(Exception failure)
    {
        Action<Exception>[] stops;
        lock (_stateGate)
        {
            if (_failure is not null) return;
            _failure = failure;
            stops = _stops;
        }

        _work.Set();
        foreach (var stop in stops) stop(failure);
    }
}
