using System.Runtime.InteropServices;

namespace ChatServer.Bench.Checking;

/// <summary>One conversation: which message has which place, who reads it.</summary>
internal sealed class CheckedConversation(int number)
{
    private const int Nobody = -1;

    private readonly List<int> _places = [];

    public int Number => number;

    /// <summary>Messages that were sent to it and not refused: it cannot have more entries.</summary>
    public long Sent { get; set; }

    /// <summary>The highest sequence that anybody was told of.</summary>
    public ulong Head => (ulong)_places.Count;

    /// <summary>How many of the sequences up to the head somebody was told of.</summary>
    public long Known { get; private set; }

    /// <summary>Sequences whose author decides whether something was right: <see cref="Standing.PassedOver"/>, <see cref="Reader.MustBeOwn"/>.</summary>
    public long Undecided { get; set; }

    public List<Standing> Standings { get; } = [];

    public List<Reader> Readers { get; } = [];

    /// <summary>The messages in order; negative where nobody was told of any.</summary>
    public ReadOnlySpan<int> Places => CollectionsMarshal.AsSpan(_places);

    /// <summary>The message with a sequence; false: nobody was told of one.</summary>
    public bool TryAt(ulong sequence, out int message)
    {
        message = sequence - 1 < Head ? _places[(int)(sequence - 1)] : Nobody;
        return message >= 0;
    }

    /// <summary>Gives a message its place, which is free and not beyond <see cref="Sent"/>.</summary>
    public void Place(ulong sequence, int message)
    {
        while (Head < sequence) _places.Add(Nobody);
        _places[(int)(sequence - 1)] = message;
        Known++;
    }
}
