using System.Numerics;
using System.Runtime.CompilerServices;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// The send numbers of a device: which message each stands for, and up to where all have their final answer. A ring, twice as large as
/// what may be under way, so that an answer which comes twice is still known.
/// </summary>
internal sealed class RawSends(int inFlight)
{
    private RawPending[] _ring = [];

    /// <summary>The highest number that was used.</summary>
    public ulong Number { get; private set; }

    public ulong Settled { get; private set; }

    public int InFlight => (int)(Number - Settled);

    public ulong Next() => ++Number;

    public void Set(RawPeer peer, long index, ulong number)
    {
        if (_ring.Length == 0) _ring = new RawPending[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * inFlight))];
        At(number) = new RawPending { Peer = peer, Index = index, Number = number };
    }

    /// <summary>What a number stands for; false: it is too long ago, or was never used.</summary>
    public bool TryGet(ulong number, out RawPending pending)
    {
        pending = default;
        if (_ring.Length == 0 || number == 0 || number > Number) return false;
        pending = At(number);
        return pending.Number == number;
    }

    public void Finish(ulong number)
    {
        At(number).IsFinal = true;
        while (Settled < Number && At(Settled + 1) is { IsFinal: true } front && front.Number == Settled + 1) Settled++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref RawPending At(ulong number) => ref _ring[(int)number & (_ring.Length - 1)];
}
