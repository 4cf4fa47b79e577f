namespace ChatServer.Core;

/// <summary>What the core says to a session or to whoever asked for an administrative act.</summary>
internal enum OutputKind : byte
{
    /// <summary>A session is open. First: the device's last send number; second: 1 when it was detached.</summary>
    Welcome,

    /// <summary>A login was refused with Code; the connection ends. First: retry after, milliseconds.</summary>
    LoginRefused,

    /// <summary>Sent. First: send number; second: sequence; third: time; fourth: 1 for a repeated answer. User: the recipient.</summary>
    Sent,

    /// <summary>A request was refused with Code. First: argument; second: retry after, milliseconds; third: send number.</summary>
    Refused,

    /// <summary>An entry. First: sequence; second: previous; third: time. User: the other user of the conversation. Body: its record.</summary>
    Message,

    /// <summary>Everything that waited at login was said before this.</summary>
    CaughtUp,

    /// <summary>Marks. First: version. Items: <see cref="Mark"/>s.</summary>
    Marks,

    /// <summary>The user's devices. Items: <see cref="DeviceSummary"/>s.</summary>
    Devices,

    /// <summary>A device was removed. Device: which.</summary>
    DeviceRemoved,

    /// <summary>The session ends with Code.</summary>
    Ended,

    /// <summary>The answer to an administrative act: Code, or None. First: the number of the act.</summary>
    Administered,
}
