namespace ChatServer.Bench.Fuzz;

/// <summary>How targets are run.</summary>
internal sealed record FuzzFleetOptions
{
    /// <summary>For each target.</summary>
    public required int Seconds { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The directory of the kept inputs.</summary>
    public required string Corpus { get; init; }

    /// <summary>Whether what was found is kept, minimised.</summary>
    public required bool WriteCorpus { get; init; }

    /// <summary>Processes at a time.</summary>
    public required int Workers { get; init; }
}
