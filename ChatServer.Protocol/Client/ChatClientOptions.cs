using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>Who logs in, where, and how. Fixed for the life of a client.</summary>
public sealed record ChatClientOptions
{
    /// <summary>Name or address of the server. Default: this machine.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port. Default: 5222.</summary>
    public int Port { get; init; } = 5222;

    /// <summary>The user.</summary>
    public required UserId User { get; init; }

    /// <summary>The device: the application's choice, the same at every login from it. A user has up to 5.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>
    /// The user's password. Used when the store holds no token, or when the server no longer takes the token; null: a token it must be.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>
    /// Without a token, first try to register the user under <see cref="Password"/>; when the name is taken or registration closed, log
    /// in. Default: no.
    /// </summary>
    public bool Register { get; init; }

    /// <summary>
    /// Where token, cursors, send numbers and unanswered sends are kept; the client disposes it. Default: in memory, which is safe too
    /// but asks for the password at every start and cannot say what became of sends that were unanswered at a crash.
    /// </summary>
    public IClientStore? Store { get; init; }

    /// <summary>When a message counts as delivered. Default: when the application says so.</summary>
    public AcknowledgeMode AcknowledgeMode { get; init; } = AcknowledgeMode.Explicit;

    /// <summary>Whether somebody is looking; decides how often the client pings. Default: yes.</summary>
    public bool Foreground { get; init; } = true;

    /// <summary>Messages that may be pushed and not acknowledged, 1 … 512. Default: 512. Bounds the receive stream's queue.</summary>
    public int WindowMessages { get; init; } = ProtocolLimits.WindowMessages;

    /// <summary>Bytes of payload that may be, 32,768 … 262,144. Default: 262,144.</summary>
    public int WindowBytes { get; init; } = ProtocolLimits.WindowBytes;

    /// <summary>What a message has to survive before it counts as sent. Default: the strongest that the server is configured for.</summary>
    public Durability MinDurability { get; init; } = Durability.Default;

    /// <summary>The application's name, for the operator: at most 64 bytes.</summary>
    public string ClientName { get; init; } = "chatserver-sdk";

    /// <summary>The application's version, for the operator: at most 64 bytes.</summary>
    public string ClientVersion { get; init; } = "";

    /// <summary>How long connecting and logging in may take before it counts as failed. Default: 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait before the second attempt; doubles with each further one. Default: 250 ms.</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between two attempts, unless the server asks for a longer one. Default: 30 s.</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1 for jitter. Tests set it.</summary>
    internal Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Check()
    {
        if (User.IsNone || Device.IsNone) throw new ArgumentException("user and device are needed");
        ArgumentException.ThrowIfNullOrEmpty(Host);
        ArgumentOutOfRangeException.ThrowIfLessThan(Port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowMessages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WindowMessages, ProtocolLimits.WindowMessages);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowBytes, ProtocolLimits.WindowBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WindowBytes, ProtocolLimits.WindowBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReconnectMin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReconnectMax, ReconnectMin);
    }
}
