using FASTER.core;

namespace ChatServer.Storage;

/// <summary>
/// What FASTER takes for its store of commits. At the start it states the end that recovery verified, never what FASTER wrote.
/// Afterwards it only listens: the library calls it on a pool thread and swallows what it throws, so nothing that matters may
/// happen here. What the slots state is the business of <see cref="CommitMarks"/>. A commit of FASTER's ends when a slot states it: until then its thread of the
/// pool waits here and takes the later ones along, instead of being woken for each.
/// </summary>
internal sealed class VerifiedCommits(CommitMark recovered) : ILogCommitManager
{
    /// <summary>FASTER numbers its commits from 1; which one this is does not matter to anybody.</summary>
    private const long RecoveredCommit = 1;

    private readonly object _gate = new();
    private long _stated = recovered.EndAddress;

    /// <summary>A slot states the log up to here. Any thread.</summary>
    public void State(long end)
    {
        lock (_gate)
        {
            _stated = Math.Max(_stated, end);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>No slot will state anything any more: nobody waits. Before FASTER's log is disposed of, which waits for its commits.</summary>
    public void End() => State(long.MaxValue);

    public IEnumerable<long> ListCommits() => recovered == CommitMark.Origin ? [] : [RecoveredCommit];

    public byte[] GetCommitMetadata(long commitNum) => new FasterLogRecoveryInfo
    {
        BeginAddress = LogGeometry.FirstAddress,
        UntilAddress = recovered.EndAddress,
        CommitNum = RecoveredCommit,
    }.ToByteArray();

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
        lock (_gate)
        {
            while (_stated < untilAddress) Monitor.Wait(_gate);
        }
    }

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
