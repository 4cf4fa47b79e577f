using ChatServer.Protocol.Wire;

namespace ChatServer.Terminal;

/// <summary>The talk with one other user, as far as this run knows it.</summary>
internal sealed class Conversation(UserId with)
{
    /// <summary>Entries kept for showing; of more the oldest go.</summary>
    public const int KeptEntries = 500;

    private readonly List<Entry> _entries = [];

    public UserId With { get; } = with;

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Received and not looked at.</summary>
    public int Unread { get; private set; }

    /// <summary>The highest sequence that was received; 0: none yet.</summary>
    public ulong LastReceived { get; private set; }

    /// <summary>How far the other has it.</summary>
    public ulong DeliveredUpTo { get; private set; }

    /// <summary>How far the other has read it.</summary>
    public ulong ReadUpTo { get; private set; }

    public EntryState StateOf(Entry entry)
    {
        if (!entry.IsMine) return EntryState.Received;
        if (entry.Problem is not null) return EntryState.Refused;
        if (entry.Sequence == 0) return EntryState.Waiting;
        if (entry.Sequence <= ReadUpTo) return EntryState.Read;
        return entry.Sequence <= DeliveredUpTo ? EntryState.Delivered : EntryState.Sent;
    }

    public void Add(Entry entry)
    {
        if (_entries.Count == KeptEntries) _entries.RemoveAt(0);
        _entries.Add(entry);
        if (entry.Sequence > 0) LastReceived = Math.Max(LastReceived, entry.Sequence);
        if (!entry.IsMine) Unread++;
    }

    /// <summary>How far the other has got; what is older than what is known says nothing.</summary>
    public void Mark(ulong delivered, ulong read)
    {
        DeliveredUpTo = Math.Max(DeliveredUpTo, delivered);
        ReadUpTo = Math.Max(ReadUpTo, read);
    }

    /// <summary>Somebody looks at it; returns up to where there was something new, or 0.</summary>
    public ulong Look()
    {
        if (Unread == 0) return 0;
        Unread = 0;
        return LastReceived;
    }
}
