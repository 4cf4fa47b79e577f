namespace ChatServer.Terminal;

/// <summary>How far an entry has come.</summary>
internal enum EntryState
{
    /// <summary>Written here; the server has not promised it.</summary>
    Waiting,

    /// <summary>The server has it.</summary>
    Sent,

    /// <summary>One of the other's devices has it.</summary>
    Delivered,

    /// <summary>The other has read it.</summary>
    Read,

    /// <summary>The server refused it; it was not sent and will not be.</summary>
    Refused,

    /// <summary>The other wrote it.</summary>
    Received,
}
