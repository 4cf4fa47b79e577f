using System.Collections.Immutable;
using ChatServer.Runtime;

namespace ChatServer.Host;

/// <summary>The figures of <c>chatserver status</c>, by name, in the order in which they are shown.</summary>
internal static class ShardStatus
{
    public const string UnaccountedName = "unaccounted";

    /// <summary>Bytes of the backup under way, or of the last one.</summary>
    public const string BackupBytesName = "backupBytes";

    public static ImmutableSortedDictionary<string, long> Of(Shard shard, OnlineBackup? backup)
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
            ["logBytes"] = shard.LogDiskBytes,
            ["coldBytes"] = shard.ColdDiskBytes,
            ["checkpoints"] = shard.Checkpoints,
            [BackupBytesName] = backup?.CopiedBytes ?? 0,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
