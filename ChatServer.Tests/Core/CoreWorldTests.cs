using System.Globalization;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// Seeded runs of a whole shard with faults. SIMULATION_SEEDS in the environment says how many; SIMULATION_FIRST with which to begin.
/// </summary>
internal sealed class CoreWorldTests
{
    private const int Seeds = 150;

    private static readonly string[] Sites =
    [
        "a crash between append and commit", "a crash with mail on its way", "a log that refuses", "a window shut", "redelivered",
        "a duplicate answered with the first answer", "refused with Busy", "refused with SettleFirst", "refused with OutOfOrder",
        "refused with AlreadySettled", "refused with Quota", "refused with UnknownRecipient", "refused with OwnConversation",
        "refused with RateLimited", "a device detached", "a device removed", "a session taken over", "a ghost refused",
        "ended with Revoked", "ended with BadCredentials", "ended with TooSlow",
    ];

    [Test]
    public void Nothing_acknowledged_is_lost_doubled_or_reordered_whatever_breaks()
    {
        var first = Setting("SIMULATION_FIRST", 1);
        var count = Setting("SIMULATION_SEEDS", Seeds);
        var seen = new SortedSet<string>();
        var failures = new List<string>();
        for (var seed = first; seed < first + count && failures.Count < 10; seed++)
        {
            try
            {
                using var isolated = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
                using var world = new CoreWorld(seed, seen);
                world.Run();
            }
            catch (Exception e)
            {
                // One seed must not hide the others; all are said at the end.
                failures.Add($"seed {seed}: {e.GetType().Name}: {e.Message}{(failures.Count == 0 ? e.StackTrace : "")}");
            }
        }

        Assert.That(failures, Is.Empty, string.Join(Environment.NewLine, failures));
        if (count >= Seeds) Assert.That(Sites.Except(seen), Is.Empty, "what never happened proves nothing");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
