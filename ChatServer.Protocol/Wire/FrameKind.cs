namespace ChatServer.Protocol.Wire;

/// <summary>
/// What a frame is. The number is the fifth byte of its header. Numbers are never reused;
/// <see cref="FirstIgnorable"/> to <see cref="LastIgnorable"/> may be skipped by a reader that does not know them,
/// every other unknown number is a protocol error.
/// </summary>
public enum FrameKind : byte
{
    /// <summary>Client: who it is, and the first frame of a connection.</summary>
    Hello = 1,

    /// <summary>Server: the session is open; the limits that hold in it.</summary>
    Welcome = 2,

    /// <summary>Client: keeps the connection, says what is settled.</summary>
    Ping = 3,

    /// <summary>Server: the answer to <see cref="Ping"/>, with a checksum of what was pushed.</summary>
    Pong = 4,

    /// <summary>Server: the connection is about to end, and when to come back.</summary>
    GoAway = 5,

    /// <summary>Server: a request was refused, or the connection ends.</summary>
    Error = 6,

    /// <summary>Client: a message for a conversation.</summary>
    Send = 16,

    /// <summary>Server: the message has its sequence number and is as durable as the answer says.</summary>
    Sent = 17,

    /// <summary>Server: an entry of a conversation.</summary>
    Message = 18,

    /// <summary>Server: everything that waited at login has been pushed.</summary>
    CaughtUp = 19,

    /// <summary>Client: cursors of what it has received and read.</summary>
    Receipt = 20,

    /// <summary>Server: cursors of what others have received and read of what this user wrote.</summary>
    Marks = 21,

    /// <summary>Client: asks for the user's devices.</summary>
    ListDevices = 32,

    /// <summary>Server: the user's devices.</summary>
    Devices = 33,

    /// <summary>Client: removes one of the user's devices.</summary>
    RemoveDevice = 34,

    /// <summary>Server: the device is removed.</summary>
    DeviceRemoved = 35,

    /// <summary>First of the numbers that a reader skips when it does not know them.</summary>
    FirstIgnorable = 192,

    /// <summary>Last of the numbers that a reader skips when it does not know them.</summary>
    LastIgnorable = 239,
}
