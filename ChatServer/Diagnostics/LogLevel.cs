namespace ChatServer.Diagnostics;

/// <summary>How much an event matters to whoever runs the server.</summary>
internal enum LogLevel
{
    /// <summary>For finding a fault; off by default.</summary>
    Debug,

    /// <summary>The course of things: started, listening, stopped.</summary>
    Info,

    /// <summary>Something was refused or went wrong outside; the server goes on as it should.</summary>
    Warning,

    /// <summary>A fault of the server's own; it goes on.</summary>
    Error,

    /// <summary>The process ends because of it.</summary>
    Critical,
}
