namespace ChatServer.Network;

/// <summary>The bounds of a transport's buffers.</summary>
internal sealed record TransportOptions
{
    /// <summary>Bytes that wait for one socket; beyond it the connection has no room.</summary>
    public int SendQueueBytes { get; init; } = 256 * 1024;

    /// <summary>Frames that wait for one socket.</summary>
    public int SendQueueFrames { get; init; } = 1_000;

    /// <summary>Bytes read from one connection before the others have their turn.</summary>
    public int ReceiveShareBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of partial frames kept for all connections of the transport; the connection that would exceed it is closed.</summary>
    public long PartialBytes { get; init; } = 64L * 1024 * 1024;
}
