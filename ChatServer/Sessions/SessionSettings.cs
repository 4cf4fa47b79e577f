using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>What holds in every session of a shard. Immutable.</summary>
internal sealed record SessionSettings
{
    public required string ServerId { get; init; }

    /// <summary>16 bytes; changes when a backup is restored.</summary>
    public required byte[] HistoryId { get; init; }

    /// <summary>The cluster's key for the successors of device tokens.</summary>
    public required byte[] TokenKey { get; init; }

    public bool RegistrationIsOpen { get; init; }

    public required SessionLimits Limits { get; init; }

    public KeepAlive KeepAlive { get; init; } = new() { ForegroundSeconds = 30, BackgroundSeconds = 300 };

    /// <summary>From accepting a connection to its Hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Intervals of keep-alive that may pass without a frame.</summary>
    public double KeepAliveTolerance { get; init; } = 2.5;

    /// <summary>Pings and other requests that are not messages, a second and session.</summary>
    public int RequestsPerSecond { get; init; } = 20;

    public int RequestsBurst { get; init; } = 100;

    /// <summary>How long a client should wait that finds the password queue full.</summary>
    public uint BusyRetryMilliseconds { get; init; } = 2_000;

    public int MaxIgnoredFrames { get; init; } = ProtocolLimits.IgnoredFrames;
}
