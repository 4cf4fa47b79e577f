using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>How far a recipient is in the conversation with one other user.</summary>
internal sealed class PeerCursor(UserId user)
{
    public UserId User { get; } = user;

    /// <summary>Everything up to here is kept, and may be acknowledged.</summary>
    public ulong Kept { get; set; }

    /// <summary>What came last in this session; 0: nothing yet.</summary>
    public ulong CameInSession { get; set; }

    /// <summary>Kept and not acknowledged.</summary>
    public int Unacknowledged { get; set; }
}
