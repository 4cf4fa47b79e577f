using FASTER.core;

namespace ChatServer.Storage;

/// <summary>
/// What FASTER takes for its store of commits. At the start it states the end that recovery verified, never what FASTER wrote.
/// Afterwards it only listens: the library calls it on a pool thread and swallows what it throws, so nothing that matters may
/// happen here. The committer writes the slots itself, after the sync and before anybody is told.
/// </summary>
internal sealed class VerifiedCommits(CommitMark recovered) : ILogCommitManager
{
    /// <summary>FASTER numbers its commits from 1; which one this is does not matter to anybody.</summary>
    private const long RecoveredCommit = 1;

    public IEnumerable<long> ListCommits() => recovered == CommitMark.Origin ? [] : [RecoveredCommit];

    public byte[] GetCommitMetadata(long commitNum) => new FasterLogRecoveryInfo
    {
        BeginAddress = LogGeometry.FirstAddress,
        UntilAddress = recovered.EndAddress,
        CommitNum = RecoveredCommit,
    }.ToByteArray();

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
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
