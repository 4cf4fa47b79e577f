using System.Numerics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// Buffers that clients have while they need them, in sizes of powers of two. The shared pool keeps a few of a size and makes the others
/// anew; here a turn may need one for every client. One thread; as many are kept as were ever needed at once.
/// </summary>
internal sealed class RawBuffers
{
    private const int LeastBytes = 4_096;

    private readonly Stack<byte[]>[] _bySize = [.. Enumerable.Range(0, 32).Select(_ => new Stack<byte[]>())];

    public byte[] Rent(int bytes)
    {
        var size = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(LeastBytes, bytes)));
        return _bySize[size].TryPop(out var kept) ? kept : new byte[1 << size];
    }

    /// <summary>Takes one back; an empty one is none.</summary>
    public void Return(byte[] rented)
    {
        if (rented.Length > 0) _bySize[BitOperations.Log2((uint)rented.Length)].Push(rented);
    }
}
