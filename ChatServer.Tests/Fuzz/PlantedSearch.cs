using ChatServer.Bench.Fuzz;

namespace ChatServer.Tests.Fuzz;

/// <summary>Called in the instrumented copy of this assembly.</summary>
public static class PlantedSearch
{
    /// <summary>What was found, empty for nothing, and after how many inputs.</summary>
    public static (string Fault, long Inputs) Run(int fault, bool isGuided, long maxInputs, ulong seed)
    {
        using var coverage = new CoverageMap();
        using var target = new PlantedDecoder((PlantedFault)fault);
        var summary = new FuzzLoop(target, coverage, new FuzzOptions { Seed = seed, MaxInputs = maxInputs, IsGuided = isGuided }).Run([]);
        return (summary.Finding?.Fault ?? "", summary.Inputs);
    }
}
