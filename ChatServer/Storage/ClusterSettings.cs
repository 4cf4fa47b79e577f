namespace ChatServer.Storage;

/// <summary>
/// What is drawn when a data directory is created and never changes: where keys fall, the secrets of the shard, the identity of
/// its history.
/// </summary>
internal sealed record ClusterSettings
{
    public const int DefaultPartitionCount = 64;
    public const int DefaultSectorBytes = 512;
    public const int TokenKeyBytes = 32;
    public const int HistoryIdBytes = 16;

    public int ShardId { get; init; }

    public int PartitionCount { get; init; } = DefaultPartitionCount;

    /// <summary>The sector of the device: every batch of the log ends on one.</summary>
    public int SectorBytes { get; init; } = DefaultSectorBytes;

    /// <summary>Seeds the hash that places users and groups on partitions. Secret: who knows it can aim at one partition.</summary>
    public required ulong HashSeed { get; init; }

    /// <summary>Signs device tokens. Secret.</summary>
    public required ReadOnlyMemory<byte> TokenKey { get; init; }

    /// <summary>Every file of the directory names it, so that one of another directory is noticed.</summary>
    public required ReadOnlyMemory<byte> HistoryId { get; init; }

    /// <summary>Clients notice by it that a server no longer has the history they know: drawn anew when a backup is restored.</summary>
    public required ReadOnlyMemory<byte> Incarnation { get; init; }

    /// <summary>Whether there was ever a log; from then on a directory without one is refused, never started empty.</summary>
    public bool LogCreated { get; init; }
}
