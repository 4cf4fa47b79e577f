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
        foreach (var seed in Enumerable.Range(1, MostSeeds))
        {
            foreach (var runs in (SeedRun[])[CoreWorldTests.Runs, ShardWorldTests.Runs])
            {
                if (runs.FailureOf(new WorldCase(seed)) is not { } failure) continue;
                TestContext.Out.WriteLine($"{bug}: {runs.World} seed {seed}, {failure.Message.ReplaceLineEndings(" ").Trim()}");
                return;
            }
        }

        Assert.Fail("not found");
    }
}
#endif
