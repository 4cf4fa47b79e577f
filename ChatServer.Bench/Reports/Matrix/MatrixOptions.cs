namespace ChatServer.Bench.Reports.Matrix;

/// <summary>What is run, how often, and where its reports are kept.</summary>
internal sealed record MatrixOptions
{
    public required string Directory { get; init; }

    /// <summary>In the order of the table.</summary>
    public required IReadOnlyList<MatrixRow> Rows { get; init; }

    /// <summary>Null: as long as each workload takes by itself.</summary>
    public int? Seconds { get; init; }

    /// <summary>0: nothing is run, and what the directory has is written up again.</summary>
    public int Repeat { get; init; } = 1;
}
