using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>How every client of a run behaves.</summary>
internal sealed record LoadRules
{
    private static readonly int[] MixedBytes = [LoadPayload.BytesMin, 100, 400, 1_500, 6_000, ProtocolLimits.PayloadBytes];

    /// <summary>Bytes of a payload, 20 to 16,384.</summary>
    public int PayloadBytes { get; init; } = 100;

    /// <summary>Whether clients differ in the size of what they send: a few bytes, the largest that is allowed, and between.</summary>
    public bool HasMixedPayloads { get; init; }

    /// <summary>Sends without an answer, 1 to 64, in a closed loop; in an open loop the cap beyond which a send waits.</summary>
    public int InFlight { get; init; } = 16;

    /// <summary>Messages that a recipient keeps before it acknowledges them.</summary>
    public int AcknowledgeEvery { get; init; } = 32;

    /// <summary>
    /// A recipient keeps only half of what it has got and forgets the other half when its connection ends, as a device that loses
    /// power does.
    /// </summary>
    public bool KeepsHalf { get; init; }

    /// <summary>Where the history of the run is written; null: nowhere.</summary>
    public string? HistoryFile { get; init; }

    /// <summary>Bytes of a payload of one client.</summary>
    public int PayloadBytesOf(int client) => HasMixedPayloads ? MixedBytes[client % MixedBytes.Length] : PayloadBytes;
}
