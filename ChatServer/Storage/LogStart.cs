namespace ChatServer.Storage;

/// <summary>Where a recovery of the log begins: behind the batch that a checkpoint rests on, or at the beginning.</summary>
/// <param name="After">The chain is followed from here on.</param>
/// <param name="Required">The log must reach this batch: the checkpoint holds effects of it.</param>
internal readonly record struct LogStart(CommitMark After, ulong Required)
{
    /// <summary>Everything is in the log.</summary>
    public static LogStart Beginning => new(CommitMark.Origin, CommitMark.Origin.Number);
}
