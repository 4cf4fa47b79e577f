using System.Globalization;

namespace ChatServer.Bench.Fuzz;

/// <summary>What one run of a target did.</summary>
internal sealed record FuzzSummary(string Target, ulong Seed, long Inputs, TimeSpan Elapsed, int Edges, int Corpus, FuzzFinding? Finding)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target,-14} {Inputs,11:N0} inputs {Inputs / Math.Max(Elapsed.TotalSeconds, 0.001),9:N0} inputs/s {Edges,6:N0} edges {Corpus,6:N0} corpus  seed {Seed}  {(Finding is null ? "clean" : "FOUND")}");
}
