namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// The places of a conversation, as both ends were told: how many, the highest, and all of them mixed into one number. Places 1 … n that
/// have one message each come to a number that is known; a place with two messages, or none, comes to another.
/// </summary>
internal sealed class ConversationPlaces
{
    private ulong _mixed;

    public long Count { get; private set; }

    public ulong Highest { get; private set; }

    /// <summary>Messages that may have a place: those sent, without those refused.</summary>
    public long Sent { get; set; }

    public void Take(ulong sequence)
    {
        Count++;
        Highest = Math.Max(Highest, sequence);
        _mixed ^= Mix(sequence);
    }

    /// <summary>Whether the places are 1 … n, each taken once.</summary>
    public bool IsGapless()
    {
        if (Highest != (ulong)Count) return false;
        ulong expected = 0;
        for (ulong sequence = 1; sequence <= Highest; sequence++) expected ^= Mix(sequence);
        return expected == _mixed;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}
