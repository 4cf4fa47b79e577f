namespace ChatServer.Bench.Reports;

/// <summary>What the peer harness measured of another server in one case.</summary>
internal sealed record PeerRow(string Driver, string Version, string Durability, string Workload, string Case, IReadOnlyDictionary<string, double> Values);
