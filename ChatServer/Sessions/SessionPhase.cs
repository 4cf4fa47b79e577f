namespace ChatServer.Sessions;

internal enum SessionPhase : byte
{
    /// <summary>Nothing but Hello is taken.</summary>
    AwaitingHello,

    /// <summary>Credentials are checked; nothing is read.</summary>
    LoggingIn,

    Open,

    /// <summary>Its last frame is on the way; nothing is read or said any more.</summary>
    Ended,
}
