namespace ChatServer.Storage;

/// <summary>
/// A commit log in memory, for simulations and tests: a batch is durable when the test says so. It frames and verifies as the
/// real one does, so what is replayed from it went through the same bytes. Any thread.
/// </summary>
internal sealed class MemoryCommitLog : ICommitLog
{
    private readonly Lock _gate = new();
    private readonly List<(long Address, byte[] Envelope)> _batches = [];
    private readonly List<Action> _wakes = [];
    private readonly List<Action<Exception>> _stops = [];
    private readonly int _capacityBatches;
    private readonly int _segmentBytes;
    private ulong _durable;
    private UInt128 _previousHash;
    private long _tail;
    private long _begin;
    private Exception? _failure;

    /// <param name="maxBatchBytes">As <see cref="ICommitLog.MaxBatchBytes"/>.</param>
    /// <param name="capacityBatches">So many batches may wait for their commit; the next append is refused.</param>
    /// <param name="segmentBytes">The log is released in pieces of this size: what lies there can then only be replayed, not read.</param>
    public MemoryCommitLog(int maxBatchBytes = 1 << 22, int capacityBatches = 1024, int segmentBytes = int.MaxValue)
    {
        _segmentBytes = segmentBytes;
        MaxBatchBytes = maxBatchBytes;
        _capacityBatches = capacityBatches;
    }

    public int MaxBatchBytes { get; }

    public bool HasRoom { get; set; } = true;

    public Durable Durable
    {
        get
        {
            lock (_gate) return Durable.UpTo(_durable);
        }
    }

    public CommitMark Mark
    {
        get
        {
            lock (_gate)
            {
                if (_durable == 0) return CommitMark.Origin;
                var (address, envelope) = _batches[(int)_durable - 1];
                BatchHeader.TryRead(envelope, out var header);
                return new CommitMark(_durable, address + envelope.Length, header.Hash);
            }
        }
    }

    public long DiskBytes
    {
        get
        {
            lock (_gate) return _tail;
        }
    }

    /// <summary>Whether anybody asked for a commit since the last one.</summary>
    public bool CommitRequested { get; private set; }

    /// <summary>The number of the last batch that was appended.</summary>
    public ulong LastNumber
    {
        get
        {
            lock (_gate) return (ulong)_batches.Count;
        }
    }

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber)
    {
        batchNumber = 0;
        var length = BatchFrame.Length(sections);
        StorageException.Assert(length - BatchFrame.Overhead(sections.Length) <= MaxBatchBytes, "a batch is too large");
        lock (_gate)
        {
            if (_failure is not null || (ulong)_batches.Count - _durable >= (ulong)_capacityBatches) return false;
            var number = (ulong)_batches.Count + BatchFrame.FirstNumber;
            var envelope = new byte[length];
            _previousHash = BatchFrame.Write(envelope, number, Durable.UpTo(_durable), _previousHash, sections, addresses, _tail);
            _batches.Add((_tail, envelope));
            _tail += length;
            batchNumber = number;
            return true;
        }
    }

    public void RequestCommit()
    {
        lock (_gate) CommitRequested = true;
    }

    public void OnDurable(Action wake)
    {
        lock (_gate) _wakes.Add(wake);
    }

    public void OnFailure(Action<Exception> stop)
    {
        Exception? failure;
        lock (_gate)
        {
            _stops.Add(stop);
            failure = _failure;
        }

        if (failure is not null) stop(failure);
    }

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination)
    {
        StorageException.Assert(destination.Length == record.Length, "a record is read into a place of another length");
        var address = section.LogAddress + record.Offset;
        lock (_gate)
        {
            var (start, envelope) = _batches.FindLast(batch => batch.Address <= address);
            if (envelope is null || address < _begin || address - start + record.Length > envelope.Length) return false;
            envelope.AsSpan((int)(address - start), record.Length).CopyTo(destination);
        }

        return RecordFrame.IsIntact(destination);
    }

    /// <summary>Everything that is appended becomes durable, or as far as the number given; then the waiters are called.</summary>
    public void CompleteCommit(ulong upTo = ulong.MaxValue)
    {
        Action[] wakes;
        lock (_gate)
        {
            CommitRequested = false;
            var durable = Math.Min(upTo, (ulong)_batches.Count);
            if (_failure is not null || durable <= _durable) return;
            _durable = durable;
            wakes = [.. _wakes];
        }

        foreach (var wake in wakes) wake();
    }

    /// <summary>As a write error does: nothing becomes durable afterwards.</summary>
    public void Fail(Exception failure)
    {
        Action<Exception>[] stops;
        lock (_gate)
        {
            if (_failure is not null) return;
            _failure = failure;
            stops = [.. _stops];
        }

        foreach (var stop in stops) stop(failure);
    }

    /// <summary>
    /// What a start after a crash finds: a log with the batches up to <paramref name="keptUpTo"/>, at least the durable ones,
    /// all of them durable and replayed. This one is not changed.
    /// </summary>
    public MemoryCommitLog Restart(ReplaySection replay, ulong keptUpTo = 0)
    {
        var next = new MemoryCommitLog(MaxBatchBytes, _capacityBatches, _segmentBytes) { _begin = _begin };
        lock (_gate)
        {
            foreach (var (address, envelope) in _batches)
            {
                StorageException.Assert(BatchFrame.IsIntact(envelope) && BatchHeader.TryRead(envelope, out _), "memory does not verify");
                BatchHeader.TryRead(envelope, out var header);
                if (header.Number > Math.Max(keptUpTo, _durable)) break;
                next._batches.Add((address, envelope));
                next._previousHash = header.Hash;
                next._tail = address + envelope.Length;
            }
        }

        next._durable = (ulong)next._batches.Count;
        foreach (var (address, envelope) in next._batches) BatchFrame.Replay(envelope, address, replay);
        return next;
    }

    public int SegmentOf(SectionAddress section) => (int)(section.LogAddress / _segmentBytes);

    public bool Holds(SectionAddress section)
    {
        lock (_gate) return section.LogAddress >= _begin && section.LogAddress < _tail;
    }

    public void Release(int beforeSegment)
    {
        lock (_gate) _begin = Math.Max(_begin, Math.Min((long)beforeSegment * _segmentBytes, _tail));
    }

    /// <summary>Hands out the batches behind one.</summary>
    public void Replay(ulong after, ReplaySection replay)
    {
        foreach (var (address, envelope) in _batches[(int)after..]) BatchFrame.Replay(envelope, address, replay);
    }

    public void Dispose()
    {
    }
}
