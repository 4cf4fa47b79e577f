namespace ChatServer.Bench.Checking;

/// <summary>What a recorded event says. docs/HISTORY.md has the JSON form of each.</summary>
public enum HistoryKind : byte
{
    None,

    /// <summary>A user belongs to a conversation: what is sent to it is due to their devices.</summary>
    Member,

    /// <summary>A device begins a life: with send numbers of its own, and due what is sent from here on, or everything.</summary>
    DeviceAdded,

    /// <summary>Somebody asked for a device's removal. It may be gone from here on: nothing is due to it until it opens a session.</summary>
    DeviceRemoved,

    /// <summary>A device was told that what waited for it was given up: due to it is what is sent from here on.</summary>
    DeviceDetached,

    /// <summary>A device was welcomed on a connection.</summary>
    SessionOpened,

    /// <summary>The server said the last it has to say on a connection.</summary>
    SessionEnded,

    /// <summary>A connection is gone, or its device does not listen any more.</summary>
    SessionClosed,

    /// <summary>A device gives a message its number, before the first byte leaves. Again with the same content: it is sent again.</summary>
    Invoke,

    /// <summary>The server answers a send with a place.</summary>
    Ok,

    /// <summary>The server refuses a send for good.</summary>
    Fail,

    /// <summary>A device does not ask any more what became of a send: it happened at most once.</summary>
    Unknown,

    /// <summary>A device was pushed an entry.</summary>
    Delivered,

    /// <summary>A device's application keeps an entry that came before.</summary>
    Kept,

    /// <summary>A device says how far it has received and read, before the first byte leaves.</summary>
    Receipt,

    /// <summary>A device is told how far another user is.</summary>
    Marks,

    /// <summary>A device heard something else than an answer to a send, an entry or marks.</summary>
    Heard,

    /// <summary>A queue was seen with so many things in it.</summary>
    Queue,

    /// <summary>A fault begins.</summary>
    FaultBegan,

    /// <summary>A fault ends.</summary>
    FaultHealed,

    /// <summary>The time is over that the system has after the last fault.</summary>
    Deadline,

    /// <summary>The server's process ends without a warning.</summary>
    Crashed,

    /// <summary>The server's process serves again.</summary>
    Started,
}
