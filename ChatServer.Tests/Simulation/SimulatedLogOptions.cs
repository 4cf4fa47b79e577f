namespace ChatServer.Tests.Simulation;

/// <summary>How a simulated log is laid out, and how it hangs together with its process.</summary>
internal sealed record SimulatedLogOptions
{
    public required int PageBytes { get; init; }

    public required int SegmentBytes { get; init; }

    public required int SectorBytes { get; init; }

    /// <summary>More than this is not kept while it is not on disk.</summary>
    public required int MemoryBytes { get; init; }

    /// <summary>The mark of what was acknowledged may follow it; not where bits turn over, since it is what makes that known.</summary>
    public required bool MarkFollows { get; init; }

    public required int MostStepMicroseconds { get; init; }

    /// <summary>The process may end here.</summary>
    public required Action Boundary { get; init; }

    /// <summary>Does something in the process, which may end while it is done.</summary>
    public required Action<Action> Guarded { get; init; }
}
