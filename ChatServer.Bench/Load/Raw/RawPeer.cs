using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>One end of a conversation between two users of the same generator: what this user sent, received and said of it.</summary>
internal sealed class RawPeer
{
    private RawPeer? _mirror;

    private RawPeer(int owner, int other, UserId user, ConversationPlaces places)
    {
        Owner = owner;
        Other = other;
        User = user;
        Places = places;
    }

    /// <summary>Whose end it is.</summary>
    public int Owner { get; }

    public int Other { get; }

    /// <summary>The other user.</summary>
    public UserId User { get; }

    public ConversationPlaces Places { get; }

    public SentQueue Outgoing { get; } = new();

    /// <summary>The other end.</summary>
    public RawPeer Mirror => _mirror ?? throw new InvalidOperationException("one end without the other");

    public SentQueue Incoming => Mirror.Outgoing;

    /// <summary>The message of <see cref="Incoming"/> that is due next.</summary>
    public long NextIncoming { get; set; }

    /// <summary>The last message that was pushed in this session.</summary>
    public ulong Pushed { get; set; }

    /// <summary>The session of <see cref="Pushed"/>.</summary>
    public uint PushedIn { get; set; }

    public ulong KeptUpTo { get; set; }

    /// <summary>Whether the last message that was kept was sent once and no more.</summary>
    public bool IsTimed { get; set; }

    /// <summary>The time of what lies at <see cref="KeptUpTo"/>.</summary>
    public ulong KeptTime { get; set; }

    /// <summary>Kept and not acknowledged.</summary>
    public int Unacknowledged { get; set; }

    public ulong ReadUpTo { get; set; }

    /// <summary>What was said last.</summary>
    public ulong ReadReported { get; set; }

    /// <summary>How far the other is, as the server says.</summary>
    public ulong MarkedDelivered { get; set; }

    public ulong MarkedRead { get; set; }

    /// <summary>What the history calls the conversation.</summary>
    public int HistoryConversation { get; set; }

    /// <summary>Both ends.</summary>
    public static (RawPeer First, RawPeer Second) Pair(int first, UserId firstUser, int second, UserId secondUser)
    {
        var places = new ConversationPlaces();
        var (one, two) = (new RawPeer(first, second, secondUser, places), new RawPeer(second, first, firstUser, places));
        (one._mirror, two._mirror) = (two, one);
        return (one, two);
    }
}
