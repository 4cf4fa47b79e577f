namespace ChatServer.Runtime;

/// <summary>The bounds of one loop.</summary>
internal sealed record LoopOptions
{
    /// <summary>A connection that did not take a byte of what is due to it for so long is closed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Payloads kept in memory for those who do not have them yet; beyond it they are read from the log.</summary>
    public long ResidentPayloadBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>For the last frame of a connection to leave.</summary>
    public TimeSpan CloseLinger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Lane acknowledgements wait at most so long for company.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// A drain takes in what is ready, and what becomes ready meanwhile, for so long at most. Longer: more messages share a batch, a
    /// commit and a send, and the first of them waits for the last. Nothing waits where nothing else is ready.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMicroseconds(500);

    /// <summary>How often silence and stalls are looked for.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
