using System.Runtime.CompilerServices;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// What one user sent to one other, in order, until it is answered and delivered: a ring that grows to what is under way. Messages are
/// counted from 0, and their send numbers rise.
/// </summary>
internal sealed class SentQueue
{
    private const int LeastPlaces = 4;

    private SentMessage[] _ring = [];

    /// <summary>The first message that is still here.</summary>
    public long First { get; private set; }

    /// <summary>The count of the next message.</summary>
    public long Next { get; private set; }

    /// <summary>The highest send number that was ever here.</summary>
    public ulong LastNumber { get; private set; }

    public ref SentMessage this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _ring[index & (_ring.Length - 1)];
    }

    public bool Has(long index) => index >= First && index < Next;

    public long Add(ulong number, long due, int bytes)
    {
        if (Next - First == _ring.Length) Grow();
        LastNumber = number;
        this[Next] = new SentMessage { Number = number, Due = due, Bytes = bytes };
        return Next++;
    }

    /// <summary>Finds a message by its send number, also one that is complete, as long as its place was not needed; false: it is not here.</summary>
    public bool TryFind(ulong number, out long index)
    {
        var (low, high) = (Math.Max(0, Next - _ring.Length), Next - 1);
        while (low <= high)
        {
            index = low + ((high - low) / 2);
            var there = this[index].Number;
            if (there == number) return true;
            if (there < number) low = index + 1;
            else high = index - 1;
        }

        index = -1;
        return false;
    }

    /// <summary>Lets go what is complete at the front.</summary>
    public void Retire()
    {
        while (First < Next && this[First].State is SentState.Refused or (SentState.Answered | SentState.Delivered)) First++;
    }

    private void Grow()
    {
        var larger = new SentMessage[Math.Max(LeastPlaces, 2 * _ring.Length)];
        for (var i = First; i < Next; i++) larger[i & (larger.Length - 1)] = this[i];
        _ring = larger;
    }
}
