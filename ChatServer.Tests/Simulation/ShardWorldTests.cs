using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>Seeded runs of a whole system, clients to disk. SIMULATION_SEEDS in the environment says how many.</summary>
internal sealed class ShardWorldTests
{
    private const int Seeds = 200;

    /// <summary>So many have to meet everything that is to be met.</summary>
    private const int SeedsForAllSites = 1_500;
    private const int RunsForOneTwice = 100;

    private static readonly string[] Sites =
    [
        "a crash", "a crash between append and commit", "a stop", "GoAway", "half-open", "a client gives a dead connection up", "the clock jumps",
        "a window shut", "redelivered", "a duplicate answered with the first answer", "a device detached", "a device removed",
        "ended with TooSlow", "ended with Idle", "ended with Revoked", "ended with BadCredentials", "ended with NameTaken",
        "refused with Busy", "refused with SettleFirst", "refused with OutOfOrder", "refused with AlreadySettled", "refused with Quota",
        "a power cut", "an unsynced write is lost", "a sector is torn", "a flip is refused", "the disk fails", "the disk is full", "a checkpoint", "a crash during upkeep",
        "refused with UnknownRecipient", "refused with OwnConversation", "refused with RateLimited",
    ];

    public static SeedRun Runs { get; } = new(
        "shard", ShardSettings.Faults, seed => ShardSettings.Draw(new SimulationRandom(seed, "settings")).Acts, ShardWorld.FailureOf);

    [Test]
    public void Nothing_acknowledged_is_lost_doubled_or_reordered_whatever_breaks()
    {
        var count = SeedRun.Count(Seeds);
        var seen = Runs.Run(count);
        if (count >= SeedsForAllSites) Assert.That(Sites.Except(seen), Is.Empty, "what never happened proves nothing");
    }

    [Test]
    public void What_failed_once_does_not_fail_again() => Runs.Run([.. Runs.Regressions()]);

    [Test]
    public void The_same_seed_takes_the_same_course()
    {
        for (var seed = 1; seed <= Math.Max(1, SeedRun.Count(Seeds) / RunsForOneTwice); seed++)
        {
            Assert.That(ShardWorld.TraceOf(new WorldCase(seed)), Is.EqualTo(ShardWorld.TraceOf(new WorldCase(seed))), $"seed {seed}");
        }
    }
}
