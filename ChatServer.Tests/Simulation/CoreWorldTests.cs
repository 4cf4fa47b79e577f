using ChatServer.Tests.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>Seeded runs of the partitions with their drains. SIMULATION_SEEDS in the environment says how many.</summary>
internal sealed class CoreWorldTests
{
    private const int Seeds = 200;

    /// <summary>So many have to meet everything that is to be met.</summary>
    private const int SeedsForAllSites = 1_500;

    private static readonly string[] Sites =
    [
        "a crash between append and commit", "a crash with mail on its way", "a log that refuses", "a window shut", "redelivered",
        "a duplicate answered with the first answer", "refused with Busy", "refused with SettleFirst", "refused with OutOfOrder",
        "refused with AlreadySettled", "refused with Quota", "refused with UnknownRecipient", "refused with OwnConversation",
        "refused with RateLimited", "a device detached", "a device removed", "a session taken over", "a ghost refused",
        "a checkpoint", "a crash during upkeep", "a full disk during upkeep", "a record moved to a cold file", "a run spilled", "a run taken back", "a cold file removed", "an entry expired", "a damaged checkpoint", "ended with Revoked", "ended with BadCredentials", "ended with TooSlow",
    ];

    public static SeedRun Runs { get; } = new("core", WorldSettings.Faults, seed => WorldSettings.Draw(new Random(seed)).Steps, CoreWorld.FailureOf);

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
        for (var seed = 1; seed <= 5; seed++) Assert.That(CoreWorld.TraceOf(new WorldCase(seed)), Is.EqualTo(CoreWorld.TraceOf(new WorldCase(seed))), $"seed {seed}");
    }
}
