namespace ChatServer.Protocol.Client;

/// <summary>Where a client stands with its server.</summary>
public enum ConnectionState
{
    /// <summary>Not connected; the client tries again by itself.</summary>
    Offline,

    /// <summary>Connecting or logging in.</summary>
    Connecting,

    /// <summary>Logged in; what waited meanwhile is on its way.</summary>
    Online,

    /// <summary>Logged in, and everything that waited at login has been handed to the receive stream.</summary>
    CaughtUp,

    /// <summary>Ended for good: closed by the application, or refused in a way that trying again does not mend.</summary>
    Stopped,
}
