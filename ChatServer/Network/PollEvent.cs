namespace ChatServer.Network;

/// <summary>Something that a poll found.</summary>
internal readonly record struct PollEvent(Connection Connection, PollEventKind Kind);
