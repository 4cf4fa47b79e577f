using ChatServer.Storage;

namespace ChatServer.Bench.Micro;

/// <summary>
/// A commit log that frames and hashes each batch as the real one does, into the same buffer again and again, and keeps none: what is
/// left of the cost of a message is that of all above the log. It cannot be read or replayed. One thread.
/// </summary>
internal sealed class ForgetfulCommitLog : ICommitLog
{
    private byte[] _envelope = [];
    private UInt128 _previousHash;
    private ulong _last = BatchFrame.FirstNumber - 1;
    private ulong _durable;

    public int MaxBatchBytes => 1 << 22;

    public bool HasRoom => true;

    public Durable Durable => Durable.UpTo(_durable);

    public CommitMark Mark => new(_durable, DiskBytes, _previousHash);

    public long DiskBytes { get; private set; }

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber)
    {
        var length = BatchFrame.Length(sections);
        if (_envelope.Length < length) _envelope = new byte[2 * length];
        batchNumber = ++_last;
        _previousHash = BatchFrame.Write(_envelope.AsSpan(0, length), batchNumber, Durable, _previousHash, sections, addresses, DiskBytes);
        DiskBytes += length;
        return true;
    }

    public void RequestCommit()
    {
        // Whoever steps the loop commits after each turn.
    }

    /// <summary>All that was appended is durable.</summary>
    public void CompleteCommit() => _durable = _last;

    public void OnDurable(Action wake)
    {
        // Whoever steps the loop knows.
    }

    public void OnFailure(Action<Exception> stop)
    {
        // Memory does not fail.
    }

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination) => throw new NotSupportedException("Nothing was kept");

    public int SegmentOf(SectionAddress section) => 0;

    public bool Holds(SectionAddress section) => true;

    public void Release(int beforeSegment)
    {
        // There is nothing to release.
    }

    public void Dispose()
    {
        // There is nothing to dispose of.
    }
}
