namespace ChatServer.Storage;

/// <summary>How far the log is known: the last batch, where its entry ends and the hash the next one names.</summary>
internal readonly record struct CommitMark(ulong Number, long EndAddress, UInt128 Hash)
{
    /// <summary>Before the first batch.</summary>
    public static CommitMark Origin => new(BatchFrame.FirstNumber - 1, LogGeometry.FirstAddress, default);
}
