using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>A session wants to open; what Sessions has found out about its credentials.</summary>
internal sealed record OpenRequest
{
    public required ulong Session { get; init; }

    public uint Correlation { get; init; }

    public required UserId User { get; init; }

    public required DeviceId Device { get; init; }

    public ulong Instance { get; init; }

    public uint Attempt { get; init; }

    public ulong Settled { get; init; }

    public ulong MarksAcknowledged { get; init; }

    public int WindowMessages { get; init; } = ProtocolLimits.WindowMessages;

    public long WindowBytes { get; init; } = ProtocolLimits.WindowBytes;

    public bool ExemptFromRates { get; init; }

    /// <summary>The password was right for this epoch; otherwise the token decides.</summary>
    public ulong? VerifiedPasswordEpoch { get; init; }

    /// <summary>Registration: the hash of the password the account gets.</summary>
    public byte[]? RegisterPasswordHash { get; init; }

    /// <summary>The presented token, when there is one.</summary>
    public ulong TokenFamily { get; init; }

    public uint TokenGeneration { get; init; }

    public Hash256 PresentedToken { get; init; }

    /// <summary>The token that the client gets: the presented one's successor, or the first of a new family.</summary>
    public Hash256 NextToken { get; init; }
}
