using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// Which partition a key lives in: the top bits of XxHash3 over tag and key, seeded with a secret of the cluster, so that nobody
/// can aim at a partition. Immutable; any thread.
/// </summary>
internal sealed class PartitionMap
{
    private readonly long _seed;
    private readonly int _shift;

    /// <param name="count">Number of partitions: a power of two, 1 to 4,096; fixed when the data directory is made.</param>
    /// <param name="seed">The cluster's secret.</param>
    public PartitionMap(int count, ulong seed)
    {
        Invariant.Holds(BitOperations.IsPow2(count) && count is >= 1 and <= 4096, "the number of partitions is a power of two up to 4,096");
        Count = count;
        _seed = unchecked((long)seed);
        _shift = 64 - BitOperations.Log2((uint)count);
    }

    public int Count { get; }

    public int Of(UserId user)
    {
        if (_shift == 64) return 0;
        Span<byte> id = stackalloc byte[ProtocolLimits.UserIdBytes];
        return Of(HashOf(id[..Encoding.ASCII.GetBytes(user.Value, id)]));
    }

    /// <summary>The hash of a user's id, whose top bits choose the partition; the others are as good for tables within one.</summary>
    public ulong HashOf(ReadOnlySpan<byte> user)
    {
        Span<byte> key = stackalloc byte[1 + ProtocolLimits.UserIdBytes];
        key[0] = (byte)'u';
        user.CopyTo(key[1..]);
        return XxHash3.HashToUInt64(key[..(1 + user.Length)], _seed);
    }

    public int OfGroup(ulong group)
    {
        Span<byte> key = stackalloc byte[9];
        key[0] = (byte)'g';
        BinaryPrimitives.WriteUInt64BigEndian(key[1..], group);
        return Of(XxHash3.HashToUInt64(key, _seed));
    }

    private int Of(ulong hash) => _shift == 64 ? 0 : (int)(hash >> _shift);
}
