using ChatServer.Storage;

namespace ChatServer.Tests.Behaviour;

/// <summary>A log in memory whose commits end as soon as somebody waits for one, on another thread as the real one does.</summary>
internal sealed class EagerCommitLog : ICommitLog
{
    private readonly MemoryCommitLog _log;
    private readonly Thread _committer;
    private readonly AutoResetEvent _requested = new(false);
    private volatile bool _ended;

    public EagerCommitLog(MemoryCommitLog log)
    {
        _log = log;
        _committer = new Thread(Commit) { IsBackground = true, Name = "eager committer" };
        _committer.Start();
    }

    public MemoryCommitLog Memory => _log;

    public int MaxBatchBytes => _log.MaxBatchBytes;

    public bool HasRoom => _log.HasRoom;

    public Durable Durable => _log.Durable;

    public CommitMark Mark => _log.Mark;

    public long DiskBytes => _log.DiskBytes;

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber) => _log.TryAppend(sections, addresses, out batchNumber);

    public void RequestCommit() => _requested.Set();

    public void OnDurable(Action wake) => _log.OnDurable(wake);

    public void OnFailure(Action<Exception> stop) => _log.OnFailure(stop);

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination) => _log.TryReadRecord(section, record, destination);

    public int SegmentOf(SectionAddress section) => _log.SegmentOf(section);

    public bool Holds(SectionAddress section) => _log.Holds(section);

    public void Release(int beforeSegment) => _log.Release(beforeSegment);

    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _requested.Set();
        _committer.Join();
        _requested.Dispose();
    }

    private void Commit()
    {
        while (!_ended)
        {
            _requested.WaitOne(25);
            _log.CompleteCommit();
        }
    }
}
