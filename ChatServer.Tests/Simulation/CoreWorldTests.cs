using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// Seeded runs of a whole shard with faults. SIMULATION_SEEDS in the environment says how many; SIMULATION_FIRST with which to begin.
/// The first that fails is shrunk, and printed as the variables that make it again.
/// </summary>
internal sealed class CoreWorldTests
{
    private const int Seeds = 500;
    private const int MostFailures = 10;

    private static readonly string[] Sites =
    [
        "a crash between append and commit", "a crash with mail on its way", "a log that refuses", "a window shut", "redelivered",
        "a duplicate answered with the first answer", "refused with Busy", "refused with SettleFirst", "refused with OutOfOrder",
        "refused with AlreadySettled", "refused with Quota", "refused with UnknownRecipient", "refused with OwnConversation",
        "refused with RateLimited", "a device detached", "a device removed", "a session taken over", "a ghost refused",
        "a checkpoint", "a crash during upkeep", "a record moved to a cold file", "a cold file removed", "an entry expired", "a damaged checkpoint", "ended with Revoked", "ended with BadCredentials", "ended with TooSlow",
    ];

    [Test]
    public void Nothing_acknowledged_is_lost_doubled_or_reordered_whatever_breaks()
    {
        var first = Setting(WorldCase.FirstVariable, 1);
#if MUTANTS
        ChatServer.Core.PlantedBugs.Active = Enum.Parse<ChatServer.Core.PlantedBug>(Environment.GetEnvironmentVariable("CHATSERVER_MUTANT") ?? "None");
#endif
        var count = Setting(WorldCase.SeedsVariable, Seeds);
        var seen = new SortedSet<string>();
        var failures = new List<string>();
        var started = Stopwatch.GetTimestamp();
        for (var seed = first; seed < first + count && failures.Count < MostFailures; seed++)
        {
            var course = WorldCase.Given(seed);
            if (CoreWorld.FailureOf(course, seen) is not { } failure) continue;
            var shrunk = failures.Count == 0 ? course.Shrunk() : course;
            failure = CoreWorld.FailureOf(shrunk, seen) ?? failure;
            failures.Add($"{shrunk}: {failure.GetType().Name}: {failure.Message}{(failures.Count == 0 ? failure.StackTrace : "")}");
        }

        TestContext.Out.WriteLine($"{count / Stopwatch.GetElapsedTime(started).TotalSeconds:0} seeds/s");
        Assert.That(failures, Is.Empty, string.Join(Environment.NewLine, failures));
        if (count >= Seeds) Assert.That(Sites.Except(seen), Is.Empty, "what never happened proves nothing");
    }

    [Test]
    public void The_same_seed_takes_the_same_course()
    {
        for (var seed = 1; seed <= 5; seed++) Assert.That(CoreWorld.TraceOf(new WorldCase(seed)), Is.EqualTo(CoreWorld.TraceOf(new WorldCase(seed))), $"seed {seed}");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
