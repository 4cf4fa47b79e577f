namespace ChatServer.Network;

internal enum PollEventKind : byte
{
    /// <summary>A new connection.</summary>
    Accepted,

    /// <summary>Bytes or the end may be there to read.</summary>
    Readable,

    /// <summary>The socket has taken what was left of a flush.</summary>
    Writable,

    /// <summary>The connection is gone; it is the last event of its connection.</summary>
    Closed,
}
