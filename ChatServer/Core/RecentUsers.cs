using System.Numerics;
using System.Runtime.InteropServices;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// Users that were looked for a short time ago, by id. A message asks a dozen times for the same two users, and with the same strings,
/// so that a look here is a comparison of references. Says nothing of users that are not in it.
/// </summary>
internal sealed class RecentUsers
{
    /// <summary>Direct-mapped, 4 KiB a partition: two users that fall on one place cost a search, nothing else.</summary>
    private const int Places = 512;

    private readonly User?[] _users = new User?[Places];

    public User? Find(UserId id) => _users[PlaceOf(id.Value)] is { } user && user.Id == id ? user : null;

    public void Add(User user) => _users[PlaceOf(user.Id.Value)] = user;

    public void Remove(User user)
    {
        ref var place = ref _users[PlaceOf(user.Id.Value)];
        if (ReferenceEquals(place, user)) place = null;
    }

    // Spreads, no more: whoever aims at a place wins nothing.
    private static int PlaceOf(string id)
    {
        const ulong odd = 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (uint)id.Length;
        var rest = id.AsSpan();
        for (; rest.Length >= 4; rest = rest[4..]) mixed = BitOperations.RotateLeft((mixed ^ MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(rest))) * odd, 29);
        foreach (var character in rest) mixed = (mixed ^ character) * odd;
        return (int)((mixed * odd) >> 32) & (Places - 1);
    }
}
