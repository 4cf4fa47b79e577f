namespace ChatServer.Protocol.Wire;

/// <summary>What an entry of a conversation is. A server answers <see cref="ErrorCode.Unsupported"/> to others.</summary>
public enum ContentKind : byte
{
    /// <summary>None: not valid on the wire.</summary>
    None = 0,

    /// <summary>A message; the payload is the clients' own matter.</summary>
    Message = 1,
}
