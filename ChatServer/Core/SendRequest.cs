using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>A message that a session wants sent, well formed and within the limits of the wire.</summary>
internal readonly ref struct SendRequest
{
    public UserId To { get; init; }

    public ulong SendNumber { get; init; }

    public ulong Settled { get; init; }

    public byte ContentKind { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }
}
