using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>What became of one send number; kept until the client has settled it.</summary>
internal struct Answer
{
    public ulong Number;
    public UserId To;

    /// <summary>Hash of the content, so that the number cannot be used again for something else.</summary>
    public ulong ContentHash;

    public bool Pending;
    public ErrorCode Code;
    public ulong Sequence;
    public ulong Time;

    /// <summary>The payload while pending, held in the ledger.</summary>
    public BodyRef Body;

    /// <summary>Volatile: who asked last, for the answer that comes later.</summary>
    public ulong AskedBySession;
    public uint Correlation;
}
