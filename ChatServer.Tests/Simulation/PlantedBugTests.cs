#if MUTANTS
using ChatServer.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>Each planted bug is found by the simulated world, or the world proves nothing. In configuration Mutants only.</summary>
[NonParallelizable]
internal sealed class PlantedBugTests
{
    private const int MostSeeds = 2_000;

    [TearDown]
    public void Mend() => PlantedBugs.Active = PlantedBug.None;

    [Test]
    public void A_planted_bug_is_found([Values] PlantedBug bug)
    {
        if (bug == PlantedBug.None) return;
        PlantedBugs.Active = bug;
        var (world, found) = ("core", CoreWorldTests.Runs.FirstFailure(MostSeeds));
        if (found is null) (world, found) = ("shard", ShardWorldTests.Runs.FirstFailure(MostSeeds));
        Assert.That(found, Is.Not.Null, "not found");
        if (found is var (seed, failure)) TestContext.Out.WriteLine($"{bug}: {world} seed {seed}, {failure.Message.ReplaceLineEndings(" ").Trim()}");
    }
}
#endif
