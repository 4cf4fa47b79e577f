using ChatServer.Storage;

namespace ChatServer.Tests.Simulation;

/// <summary>A log in memory whose commits take their time.</summary>
internal sealed class SimulatedMemoryLog(MemoryCommitLog log, Schedule schedule, SimulationRandom random, int mostCommitMicroseconds, Action boundary) : ICommitLog
{
    private const int LazyCommitMicroseconds = 25_000;

    private bool _isCommitting;
    private bool _isLazy;
    private bool _isStopped;

    public int MaxBatchBytes => log.MaxBatchBytes;

    public bool HasRoom => log.HasRoom;

    public Durable Durable => log.Durable;

    public CommitMark Mark => log.Mark;

    public long DiskBytes => log.DiskBytes;

    public ulong LastNumber => log.LastNumber;

    /// <summary>The process is gone: what was under way never ends.</summary>
    public void Stop() => _isStopped = true;

    public bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber)
    {
        boundary();
        var isAppended = log.TryAppend(sections, addresses, out batchNumber);
        if (!isAppended) RequestCommit();
        else if (!_isLazy)
        {
            _isLazy = true;
            schedule.After(LazyCommitMicroseconds, RequestCommit);
        }

        boundary();
        return isAppended;
    }

    public void RequestCommit()
    {
        _isLazy = false;
        if (_isCommitting || _isStopped) return;
        _isCommitting = true;
        var target = log.LastNumber;
        schedule.After(20 + random.Next(mostCommitMicroseconds), () => EndCommit(target));
    }

    public void OnDurable(Action wake) => log.OnDurable(wake);

    public void OnFailure(Action<Exception> stop) => log.OnFailure(stop);

    public bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination) => log.TryReadRecord(section, record, destination);

    public int SegmentOf(SectionAddress section) => log.SegmentOf(section);

    public bool Holds(SectionAddress section) => log.Holds(section);

    public void Release(int beforeSegment) => log.Release(beforeSegment);

    public void Dispose()
    {
        log.CompleteCommit();
        Stop();
    }

    /// <summary>What the next start finds, when no more than some of what was not acknowledged is left.</summary>
    public MemoryCommitLog Restart(ReplaySection replay, ulong keptUpTo) => log.Restart(replay, keptUpTo);

    private void EndCommit(ulong target)
    {
        if (_isStopped) return;
        _isCommitting = false;
        log.CompleteCommit(target);
        if (log.LastNumber > target) RequestCommit();
    }
}
