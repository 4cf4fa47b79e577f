namespace ChatServer.Bench.Load;

/// <summary>So many of a hundred were as fast as this or faster.</summary>
internal sealed record LatencyPercentile(double Percentile, double Milliseconds);
