namespace ChatServer.Host;

/// <summary>Who finds out which connections are ready.</summary>
internal enum TransportKind : byte
{
    /// <summary>The best one that the platform has.</summary>
    Auto,

    /// <summary>Each loop's own epoll. Linux only.</summary>
    Epoll,

    /// <summary>The runtime's sockets.</summary>
    Sockets,
}
