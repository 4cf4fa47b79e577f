using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>A change of <see cref="ConnectionState"/>, and why.</summary>
/// <param name="State">The new state.</param>
/// <param name="Code">The server's reason; <see cref="ErrorCode.None"/> when it gave none, or when the network did it.</param>
/// <param name="Detail">The reason in words, for people; may be empty.</param>
/// <param name="RetryAfter">In <see cref="ConnectionState.Offline"/>: when the client tries again. Otherwise zero.</param>
public sealed record ConnectionChange(ConnectionState State, ErrorCode Code, string Detail, TimeSpan RetryAfter)
{
    /// <summary>
    /// In <see cref="ConnectionState.Online"/>: the device was away so long that what waited for it was given up; messages are missing.
    /// </summary>
    public bool Detached { get; init; }

    /// <summary>
    /// In <see cref="ConnectionState.Online"/>: the operator restored a backup. Sequences that the application knows may come again
    /// with other messages; what it keeps by sequence is to be discarded.
    /// </summary>
    public bool HistoryChanged { get; init; }
}
