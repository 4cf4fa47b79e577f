namespace ChatServer.Bench.Reports.Plots;

/// <summary>A place on an axis that is named.</summary>
internal readonly record struct Tick(double Value, string Label);
