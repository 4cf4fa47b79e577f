namespace ChatServer.Bench.Fuzz;

/// <summary>How a search goes.</summary>
internal sealed record FuzzOptions
{
    /// <summary>Decides every choice of the search.</summary>
    public required ulong Seed { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.MaxValue;

    public long MaxInputs { get; init; } = long.MaxValue;

    /// <summary>Without guidance nothing is kept: to see what guidance is worth.</summary>
    public bool IsGuided { get; init; } = true;
}
