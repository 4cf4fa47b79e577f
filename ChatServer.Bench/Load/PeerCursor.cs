using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>How far a recipient is in the conversation with one other user.</summary>
internal sealed class PeerCursor(UserId user, int historyUser, int device, int conversation)
{
    public UserId User => user;

    /// <summary>What the history calls the user.</summary>
    public int HistoryUser => historyUser;

    /// <summary>What the history calls the user's device.</summary>
    public int Device => device;

    /// <summary>What the history calls the conversation.</summary>
    public int Conversation => conversation;

    /// <summary>Everything up to here is kept, and may be acknowledged.</summary>
    public ulong Kept { get; set; }

    /// <summary>Kept and not acknowledged.</summary>
    public int Unacknowledged { get; set; }
}
