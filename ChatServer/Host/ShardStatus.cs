using System.Collections.Immutable;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>The figures of <c>chatserver status</c>, by name, in the order in which they are shown.</summary>
internal static class ShardStatus
{
    public const string UnaccountedName = "unaccounted";

    /// <summary>Bytes of the backup under way, or of the last one.</summary>
    public const string BackupBytesName = "backupBytes";

    /// <summary>What the log takes up on disk.</summary>
    public const string LogBytesName = "logBytes";

    /// <summary>Commits of the log since the start, each a sync of the disk.</summary>
    public const string CommitsName = "commits";

    /// <summary>Bytes that were ever written to the log, padding included; only rises.</summary>
    public const string LoggedBytesName = "loggedBytes";

    /// <summary>What the garbage-collected heap holds now, garbage included.</summary>
    public const string HeapBytesName = "heapBytes";

    /// <summary>Bytes that were ever allocated on it since the start.</summary>
    public const string AllocatedBytesName = "allocatedBytes";

    /// <summary>How long everything stood still for garbage collections since the start.</summary>
    public const string PauseMicrosecondsName = "gcPauseMicroseconds";

    public static ImmutableSortedDictionary<string, long> Of(Shard shard, OnlineBackup? backup, FasterCommitLog? log)
    {
        var account = shard.Account;
        return new Dictionary<string, long>
        {
            ["taken"] = account.Taken,
            ["accepted"] = account.Accepted,
            ["refused"] = account.Refused,
            ["undecided"] = account.Undecided,
            ["forgotten"] = account.Forgotten,
            ["entered"] = account.Entered,
            ["delivered"] = account.Delivered,
            ["waiting"] = account.Waiting,
            ["expired"] = account.Expired,
            ["gone"] = account.Gone,
            [UnaccountedName] = account.Unaccounted + shard.Miscounted,
            [LogBytesName] = shard.LogDiskBytes,
            ["coldBytes"] = shard.ColdDiskBytes,
            ["checkpoints"] = shard.Checkpoints,
            [BackupBytesName] = backup?.CopiedBytes ?? 0,
            [CommitsName] = log?.Commits ?? 0,
            [LoggedBytesName] = log?.LogBytes ?? 0,
            [HeapBytesName] = GC.GetTotalMemory(forceFullCollection: false),
            [AllocatedBytesName] = GC.GetTotalAllocatedBytes(),
            [PauseMicrosecondsName] = (long)GC.GetTotalPauseDuration().TotalMicroseconds,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
