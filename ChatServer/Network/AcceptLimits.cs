namespace ChatServer.Network;

/// <summary>How many connections are let in, in all and from one address. Trusted sources are exempt from what counts addresses.</summary>
internal sealed record AcceptLimits
{
    public int PerSecond { get; init; } = 1_000;

    public int Burst { get; init; } = 2_000;

    public int PerSecondPerAddress { get; init; } = 20;

    public int UnauthenticatedPerAddress { get; init; } = 64;

    /// <summary>Open connections in all; 0: nine tenths of the descriptors that the process may have.</summary>
    public int Connections { get; init; }

    public TrustedSources Trusted { get; init; } = TrustedSources.None;
}
