using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Checking;

/// <summary>
/// What is known of one message. 40 bytes; with its places in the lists of its author and its conversation, and a bit for each device
/// that gets it, 64 are not exceeded.
/// </summary>
internal struct CheckedMessage
{
    public ulong Hash;

    /// <summary>The server's time; 0: not known.</summary>
    public ulong Time;

    /// <summary>0: nobody was told of a place.</summary>
    public uint Sequence;

    public uint Number;

    /// <summary>The last event that said something of its outcome.</summary>
    public uint Event;

    public int Life;

    public int Conversation;

    public ErrorCode Code;

    public SendOutcome Outcome;

    /// <summary>Whether the answer was one that a crash cannot take back.</summary>
    public bool IsPromised;
}
