using System.Buffers.Binary;
using ChatServer.Storage;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// The commit log on the simulated disk: files, slots, framing and recovery are the real ones; in place of FASTER and of the
/// committer's thread there are steps of a schedule, between any two of which the process may end.
/// </summary>
internal sealed class SimulatedCommitLog : ICommitLog
{
    private const int LazyCommitMicroseconds = 25_000;
    private const int FullDiskRetryMicroseconds = 1_000_000;

    private readonly SegmentFiles _files;
    private readonly CommitSlots _slots;
    private readonly LogGeometry _geometry;
    private readonly Schedule _schedule;
    private readonly SimulationRandom _random;
    private readonly SimulatedLogOptions _options;
    private readonly Queue<(long Address, byte[] Bytes)> _unwritten = [];
    private readonly List<Action> _wakes = [];
    private readonly List<Action<Exception>> _stops = [];
    private CommitMark _appended;
    private long _writtenUpTo;
    private bool _isCommitting;
    private bool _isRequested;
    private bool _isLazy;
    private bool _isPreparing;
    private bool _isStopped;

    private SimulatedCommitLog(SegmentFiles files, CommitSlots slots, CommitMark recovered, int partitions, Schedule schedule, SimulationRandom random, SimulatedLogOptions options)
    {
        _files = files;
        _slots = slots;
        _geometry = files.Geometry;
        _schedule = schedule;
        _random = random;
        _options = options;
        _appended = Mark = recovered;
        _writtenUpTo = recovered.EndAddress;
        MaxBatchBytes = _geometry.PageBytes - LogEntry.HeaderBytes - BatchFrame.Overhead(partitions);
        Prepare();
    }

    public int MaxBatchBytes { get; }

    public bool HasRoom { get; private set; } = true;

    public Durable Durable => Durable.UpTo(Mark.Number);

    public CommitMark Mark { get; private set; }

    public long DiskBytes => _files.DiskBytes;

    public ulong LastNumber => _appended.Number;

    public Exception? Failure { get; private set; }

    /// <summary>Recovers what is on the disk, or makes a new log when none was ever made.</summary>
    public static SimulatedCommitLog Open(
        SimulatedDisk disk, bool isNew, LogStart start, ReplaySection replay, int partitions, Schedule schedule, SimulationRandom random, SimulatedLogOptions options)
    {
        var files = isNew && !SegmentFiles.Exist(disk.Log)
            ? SegmentFiles.Create(disk.Log, 0, new LogGeometry(options.PageBytes, options.SegmentBytes, options.SectorBytes))
            : SegmentFiles.Open(disk.Log, 0);
        var slots = isNew && !disk.Log.Exists(CommitSlots.FileName) ? CommitSlots.Create(disk.Log, 0) : CommitSlots.Open(disk.Log, 0);
        var recovered = LogRecovery.Run(files, slots, start, CommitLogOptions.MaxMemoryBytes, replay);
        if (random.Next(4) == 0) RequireZerosBehind(files, recovered); // all of it costs more than the recovery
        return new SimulatedCommitLog(files, slots, recovered, partitions, schedule, random, options);
    }

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber)
    {
        _options.Boundary();
        batchNumber = 0;
        var length = BatchFrame.Length(sections);
        StorageException.Assert(length - BatchFrame.Overhead(sections.Length) <= MaxBatchBytes, "a batch is too large");
        if (_isStopped || Failure is not null) return false;
        var (start, entryLength) = LogEntry.Place(_geometry, _appended.EndAddress, length);
        if (start + entryLength > _files.EndAddress || start + entryLength - Mark.EndAddress > _options.MemoryBytes)
        {
            RequestCommit();
            return false;
        }

        var entry = new byte[entryLength];
        BinaryPrimitives.WriteInt32LittleEndian(entry, entryLength - LogEntry.HeaderBytes);
        var envelope = entry.AsSpan(LogEntry.HeaderBytes, length);
        var hash = BatchFrame.Write(envelope, _appended.Number + 1, Durable, _appended.Hash, sections, addresses, start + LogEntry.HeaderBytes);
        _unwritten.Enqueue((start, entry));
        _appended = new CommitMark(_appended.Number + 1, start + entryLength, hash);
        batchNumber = _appended.Number;
        Prepare();
        if (!_isLazy)
        {
            _isLazy = true;
            _schedule.After(LazyCommitMicroseconds, Commit);
        }

        _options.Boundary();
        return true;
    }

    public void RequestCommit() => Commit();

    public void OnDurable(Action wake) => _wakes.Add(wake);

    public void OnFailure(Action<Exception> stop) => _stops.Add(stop);

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination)
    {
        var address = section.LogAddress + record.Offset;
        StorageException.Assert(record.Offset >= 0 && address + record.Length <= Mark.EndAddress, "a record is read that is not durable");
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

    public bool Holds(SectionAddress section) => section.LogAddress >= _files.BeginAddress && section.LogAddress < Mark.EndAddress;

    public void Release(int beforeSegment)
    {
        try
        {
            _files.RemoveBefore(Math.Min((long)beforeSegment * _geometry.SegmentBytes, Mark.EndAddress));
        }
        catch (StorageException failure)
        {
            Fail(failure);
        }
    }

    /// <summary>The process is gone, and with it what was in its memory.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Commits what is appended, as the end of a process does that was asked to end.</summary>
    public void Dispose()
    {
        if (_isStopped || Failure is not null) return;
        _options.Guarded(() =>
        {
            if (_appended != Mark)
            {
                WriteSome(_unwritten.Count);
                SyncWritten();
                _slots.Write(_appended);
                Mark = _appended;
            }

            _isStopped = true;
        });
    }

    // Documented of the recovery: nothing lies behind the end, so that nothing old is ever taken for new.
    private static void RequireZerosBehind(SegmentFiles files, CommitMark end)
    {
        var page = new byte[files.Geometry.PageBytes];
        for (var address = end.EndAddress - files.Geometry.OffsetInPage(end.EndAddress); address < files.EndAddress; address += page.Length)
        {
            files.Read(address, page);
            var from = (int)Math.Max(0, end.EndAddress - address);
            if (page.AsSpan(from).ContainsAnyExcept((byte)0)) throw new InvalidOperationException($"P11: something is left behind batch {end.Number}, where the log ends");
        }
    }

    private void Commit()
    {
        _isLazy = false;
        _isRequested = true;
        if (_isCommitting || _isStopped || Failure is not null || _appended == Mark) return;
        _isRequested = false;
        _isCommitting = true;
        Step(() => CommitStep(_appended, Mark));
    }

    // Writes, in a few steps; then syncs; then states the mark, at times; then says so. Crashes come between any two.
    private void CommitStep(CommitMark target, CommitMark before)
    {
        while (_unwritten.TryPeek(out var next) && next.Address < target.EndAddress)
        {
            WriteSome(1);
            if (_random.Next(4) != 0) continue;
            Step(() => CommitStep(target, before));
            return;
        }

        // What was appended meanwhile may be handed in with it.
        if (_random.Next(8) == 0) WriteSome(_random.Next(_unwritten.Count + 1));
        Step(() =>
        {
            SyncWritten();
            if (_options.MarkFollows && _random.Next(4) != 0)
            {
                Publish(target);
                return;
            }

            Step(() =>
            {
                _slots.Write(target);
                Step(() => Publish(target));
            });
        });
    }

    private void WriteSome(int entries)
    {
        for (; entries > 0; entries--)
        {
            var (address, bytes) = _unwritten.Peek();
            // FASTER writes whole sectors; the very first begins with its own bytes.
            if (address == LogGeometry.FirstAddress) (address, bytes) = (0, [.. new byte[LogGeometry.FirstAddress], .. bytes]);
            _files.Write(address, bytes);
            _writtenUpTo = address + bytes.Length;
            _unwritten.Dequeue();
        }
    }

    private void SyncWritten()
    {
        for (var segment = _geometry.Segment(Mark.EndAddress); segment <= _geometry.Segment(Math.Max(_writtenUpTo, Mark.EndAddress) - 1); segment++) _files.Sync(segment);
    }

    private void Publish(CommitMark target)
    {
        Mark = target;
        _isCommitting = false;
        foreach (var wake in _wakes) wake();
        if (_isRequested || _appended != Mark) Commit();
    }

    private void Prepare()
    {
        if (_isPreparing || _files.EndAddress - _appended.EndAddress >= _geometry.SegmentBytes) return;
        _isPreparing = true;
        Step(() =>
        {
            _isPreparing = false;
            try
            {
                _files.Prepare(CancellationToken.None);
            }
            catch (StorageException full) when (full.IsDiskFull)
            {
                _files.RemoveLeftover();
                HasRoom = false;
                _isPreparing = true;
                _schedule.After(FullDiskRetryMicroseconds, () =>
                {
                    _isPreparing = false;
                    Prepare();
                });
                return;
            }

            HasRoom = true;
            foreach (var wake in _wakes) wake(); // whoever was refused tries again
            Prepare();
        });
    }

    private void Step(Action act) => _schedule.After(10 + _random.Next(_options.MostStepMicroseconds), () =>
    {
        if (_isStopped || Failure is not null) return;
        _options.Guarded(() =>
        {
            try
            {
                act();
            }
            catch (StorageException failure)
            {
                Fail(failure);
            }
        });
    });

    private void Fail(Exception failure)
    {
        if (Failure is not null) return;
        Failure = failure;
        foreach (var stop in _stops) stop(failure);
    }
}
