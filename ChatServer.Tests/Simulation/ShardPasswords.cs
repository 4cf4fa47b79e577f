using ChatServer.Protocol.Wire;
using ChatServer.Runtime;

namespace ChatServer.Tests.Simulation;

/// <summary>Which passwords each user was given, in order, and which of the changes are known to have taken effect.</summary>
internal sealed class ShardPasswords
{
    private readonly Dictionary<UserId, List<(string Password, Task<ErrorCode> Set)>> _passwords = [];

    public void Add(UserId user) => _passwords.Add(user, [($"the first of {user}", Task.FromResult(ErrorCode.None))]);

    public IReadOnlyList<string> Of(UserId user) => [.. _passwords[user].Select(password => password.Password)];

    /// <summary>The newest that is known to be set; those before it open nothing any more.</summary>
    public int Confirmed(UserId user) => _passwords[user].FindLastIndex(password => password.Set is { IsCompletedSuccessfully: true, Result: ErrorCode.None });

    public void Set(UserId user, Shard shard)
    {
        var passwords = _passwords[user];
        var password = $"number {passwords.Count} of {user}";
        var hash = SimulatedPasswords.StoredHash(password);
        passwords.Add((password, shard.AdministerAsync(shard.PartitionOf(user), partition => partition.SetPassword(user, hash))));
    }
}
