namespace ChatServer.Runtime;

/// <summary>When the storage is tidied up.</summary>
internal sealed record UpkeepOptions
{
    /// <summary>Bytes of log between two checkpoints; a restart replays about as much, twice as much when the newer one is damaged.</summary>
    public long CheckpointBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>What no device of a user has got after this time is given up.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What has waited for too long is looked for at least so often, whether anything is logged or not.</summary>
    public TimeSpan TidyInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>After a checkpoint that found the disk full.</summary>
    public TimeSpan FullDiskRetry { get; init; } = TimeSpan.FromSeconds(5);
}
