#if MUTANTS
using ChatServer.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

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
        PlantedBugs.Active = bug;
        var seen = new SortedSet<string>();
        var seed = 1;
        while (seed <= MostSeeds && bug != PlantedBug.None && CoreWorld.FailureOf(new WorldCase(seed), seen) is null) seed++;
        if (bug == PlantedBug.None) return;
        Assert.That(seed, Is.LessThanOrEqualTo(MostSeeds), "not found");
        TestContext.Out.WriteLine($"{bug}: seed {seed}, {CoreWorld.FailureOf(new WorldCase(seed), seen)?.Message.ReplaceLineEndings(" ").Trim()}");
    }
}
#endif
