namespace ChatServer.Bench.Reports.Plots;

/// <summary>One row of a dot plot.</summary>
internal sealed record DotRow(string Name, double Value, bool IsOwn);
