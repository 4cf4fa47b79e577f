namespace ChatServer.Bench.Load;

/// <summary>One second of a run.</summary>
internal sealed record LoadSecond
{
    /// <summary>Since the clock ran; the last one may be shorter.</summary>
    public required double Second { get; init; }

    public required double MessagesPerSecond { get; init; }

    /// <summary>End to end, of what came in it; null: nothing did.</summary>
    public double? P50Milliseconds { get; init; }

    public double? P99Milliseconds { get; init; }

    public double ServerCores { get; init; }

    public double GeneratorCores { get; init; }

    public long ResidentBytes { get; init; }
}
