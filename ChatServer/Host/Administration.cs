using System.Collections.Immutable;
using System.Text;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>What an operator can do with accounts. Each answer is given once its effect is durable. Any thread.</summary>
internal sealed class Administration(Shard shard, OnlineBackup? backup, FasterCommitLog? log)
{
    /// <summary>Accounts of one answer at most.</summary>
    public const int ListLimit = 1_000;

    public async Task<AdminAnswer> HandleAsync(AdminRequest request, CancellationToken stop)
    {
        if (request.Command == AdminCommand.ListUsers) return await ListAsync(request).WaitAsync(stop);
        if (request.Command == AdminCommand.Status)
        {
            if (request.Collected) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return new AdminAnswer { Status = ShardStatus.Of(shard, backup, log) };
        }

        if (request.Command == AdminCommand.BackUp) return await BackUpAsync(request.Path, stop);
        if (!UserId.TryParse(request.User, out var user))
        {
            return new AdminAnswer { Code = ErrorCode.BadName, Detail = $"'{request.User}' is no user name: 1 to 64 of a-z 0-9 . _ - @ +" };
        }

        var hash = Encoding.ASCII.GetBytes(request.PasswordHash ?? "");
        if (request.Command is AdminCommand.AddUser or AdminCommand.SetPassword && hash.Length == 0)
        {
            return new AdminAnswer { Code = ErrorCode.PasswordPolicy, Detail = "a password is needed" };
        }

        var code = request.Command switch
        {
            AdminCommand.AddUser => await ActAsync(user, partition => partition.AddUser(user, hash, request.Trusted), stop),
            AdminCommand.SetPassword => await ActAsync(user, partition => partition.SetPassword(user, hash), stop),
            AdminCommand.RemoveUser => await ActAsync(user, partition => partition.RemoveUser(user), stop),
            _ => ErrorCode.Unsupported,
        };
        Log.Administered(request.Command.ToString(), user.Value, code);
        return new AdminAnswer { Code = code };
    }

    private Task<ErrorCode> ActAsync(UserId user, Func<Partition, ErrorCode> act, CancellationToken stop) =>
        shard.AdministerAsync(shard.PartitionOf(user), act).WaitAsync(stop);

    private async Task<AdminAnswer> BackUpAsync(string path, CancellationToken stop)
    {
        if (backup is null || !Path.IsPathFullyQualified(path)) return new AdminAnswer { Code = ErrorCode.Unsupported, Detail = "a full path is needed, and a server that serves" };
        try
        {
            var bytes = await backup.RunAsync(path).WaitAsync(stop);
            return new AdminAnswer { Detail = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"backed up {bytes} bytes to {path}") };
        }
        catch (StorageException refusal)
        {
            return new AdminAnswer { Code = ErrorCode.Unsupported, Detail = refusal.Message };
        }
    }

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var limit = Math.Clamp(request.Limit, 1, ListLimit);
        var found = new List<AdminUser>[shard.Partitions];
        await Task.WhenAll(Enumerable.Range(0, shard.Partitions).Select(id => shard.AdministerAsync(id, partition =>
        {
            found[id] = NamedAfter(partition, request.User, limit + 1);
            return ErrorCode.None;
        })));
        var all = found.SelectMany(users => users).OrderBy(user => user.Name, StringComparer.Ordinal).Take(limit + 1).ToImmutableArray();
        return new AdminAnswer { Users = all.Length > limit ? all[..limit] : all, More = all.Length > limit };
    }

    private static List<AdminUser> NamedAfter(Partition partition, string after, int limit)
    {
        var users = new List<AdminUser>();
        var all = partition.State.Users;
        // The loop that owns them waits for this: rows are read, and no object is made of those that are only that.
        var before = Encoding.UTF8.GetBytes(after);
        for (var i = 0; i < all.Count; i++)
        {
            if (!all.ExistsAt(i) || all.IdAt(i).SequenceCompareTo(before) <= 0) continue;
            users.Add(new AdminUser(Encoding.ASCII.GetString(all.IdAt(i)), all.IsTrustedAt(i), all.KeptAt(i)?.DeviceCount ?? 0));
        }

        users.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return users.Count > limit ? users[..limit] : users;
    }
}
