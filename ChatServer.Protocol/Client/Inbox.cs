using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// What was pushed, handed on, acknowledged and read, a conversation at a time; and which cursors the server has to be told. A cursor
/// goes from changed (the store has been told) over kept (the store has flushed) to told (a Receipt has left); Receipts have no
/// answer, so it is told again in the next session unless a Pong well after it has shown that the server had it.
/// Not thread-safe; guarded by the client's lock.
/// </summary>
internal sealed class Inbox
{
    /// <summary>
    /// How much older than a Ping a Receipt is for the Pong to count as its receipt: the server's cursors reach the disk within 25 ms,
    /// so what a crash after the Pong could take back is only younger than this.
    /// </summary>
    private static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<WireConversation, ReceiveCursors> _cursors = [];
    private readonly HashSet<WireConversation> _changed = [];
    private HashSet<WireConversation> _kept = [];
    private Dictionary<WireConversation, TimeSpan> _told = [];
    private int _session;

    /// <summary>What this session has pushed, to be compared with Pong.</summary>
    public PushedTotal Pushed { get; private set; }

    /// <summary>Counts the changes of history.</summary>
    public int History { get; private set; }

    public bool HasChanged => _changed.Count > 0;

    public void Recover(IEnumerable<StoredCursors> cursors)
    {
        foreach (var stored in cursors)
        {
            _cursors[stored.Conversation] = new ReceiveCursors
            {
                Received = stored.DeliveredUpTo,
                Delivered = stored.DeliveredUpTo,
                Read = stored.ReadUpTo,
                KeptDelivered = stored.DeliveredUpTo,
                KeptRead = stored.ReadUpTo,
            };

            // The run before may have ended before its Receipt arrived.
            _kept.Add(stored.Conversation);
        }
    }

    /// <summary>A session is open.</summary>
    public void Open()
    {
        _session++;
        Pushed = default;
        foreach (var conversation in _told.Keys) _kept.Add(conversation);
        _told.Clear();
    }

    /// <summary>Another history: no cursor means anything any more.</summary>
    public void Forget()
    {
        _cursors.Clear();
        _changed.Clear();
        _kept.Clear();
        _told.Clear();
        History++;
    }

    /// <summary>Whether the application has not had it.</summary>
    public bool IsNew(in MessageFrame frame) => !_cursors.TryGetValue(frame.Conversation, out var cursors) || frame.Sequence > cursors.Received;

    public PushOutcome OnMessage(in MessageFrame frame)
    {
        Pushed = Pushed.With(frame.Conversation, frame.Sequence);
        var cursors = Get(frame.Conversation);
        if (frame.Sequence <= frame.Previous) return PushOutcome.Gap;
        if (cursors.Session == _session && frame.Previous != cursors.Pushed) return PushOutcome.Gap;
        cursors.Session = _session;
        cursors.Pushed = frame.Sequence;
        if (frame.Sequence > cursors.Received)
        {
            cursors.Received = frame.Sequence;
            return PushOutcome.New;
        }

        // The Receipt of it was lost with a socket: say it again, or the window stays short.
        if (frame.Sequence <= cursors.KeptDelivered) _kept.Add(frame.Conversation);
        return PushOutcome.Duplicate;
    }

    /// <summary>The cursors after the application has acknowledged up to a sequence; null: it had before.</summary>
    public StoredCursors? Acknowledge(WireConversation conversation, ulong sequence) =>
        Advance(conversation, Get(conversation), sequence, read: 0);

    /// <summary>The cursors after the user has read up to a sequence, which acknowledges what was received of it; null: they had before.</summary>
    public StoredCursors? MarkRead(WireConversation conversation, ulong sequence)
    {
        var cursors = Get(conversation);
        return Advance(conversation, cursors, Math.Min(sequence, cursors.Received), sequence);
    }

    /// <summary>What the next flush of the store covers, for <see cref="OnFlushed"/>.</summary>
    public StoredCursors[] TakeChanged()
    {
        if (_changed.Count == 0) return [];
        StoredCursors[] changed = [.. _changed.Select(conversation => Stored(conversation, Get(conversation)))];
        _changed.Clear();
        return changed;
    }

    public void OnFlushed(StoredCursors[] flushed, int history)
    {
        if (history != History) return;
        foreach (var stored in flushed)
        {
            var cursors = Get(stored.Conversation);
            cursors.KeptDelivered = stored.DeliveredUpTo;
            cursors.KeptRead = stored.ReadUpTo;
            _kept.Add(stored.Conversation);
        }
    }

    /// <summary>Cursors for one Receipt, at most as many as it holds; they count as told.</summary>
    public ReceiptItem[] TakeKept(TimeSpan now)
    {
        if (_kept.Count == 0) return [];
        var items = new List<ReceiptItem>();
        foreach (var conversation in _kept)
        {
            if (items.Count == ProtocolLimits.ListItems) break;
            var cursors = Get(conversation);
            items.Add(new ReceiptItem { Conversation = conversation, DeliveredUpTo = cursors.KeptDelivered, ReadUpTo = cursors.KeptRead });
            _told[conversation] = now;
        }

        if (items.Count == _kept.Count) _kept = [];
        else _kept.ExceptWith(items.Select(item => item.Conversation));
        return [.. items];
    }

    /// <summary>A Pong has come for a Ping of this time.</summary>
    public void OnPong(TimeSpan pinged) =>
        _told = _told.Where(told => told.Value > pinged - ConfirmAfter).ToDictionary();

    private StoredCursors? Advance(WireConversation conversation, ReceiveCursors cursors, ulong delivered, ulong read)
    {
        if (delivered <= cursors.Delivered && read <= cursors.Read) return null;
        cursors.Delivered = Math.Max(cursors.Delivered, delivered);
        cursors.Received = Math.Max(cursors.Received, cursors.Delivered);
        cursors.Read = Math.Max(cursors.Read, read);
        _changed.Add(conversation);
        return Stored(conversation, cursors);
    }

    private static StoredCursors Stored(WireConversation conversation, ReceiveCursors cursors) =>
        new(conversation, cursors.Delivered, cursors.Read);

    private ReceiveCursors Get(WireConversation conversation)
    {
        if (_cursors.TryGetValue(conversation, out var cursors)) return cursors;
        cursors = new ReceiveCursors();
        _cursors.Add(conversation, cursors);
        return cursors;
    }
}
