using System.Text.Json;
using ChatServer.Tests.Acceptance;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>The load tool against the real executable, for seconds only: it runs, its report has its keys, and its verdict is clean.</summary>
internal sealed class LoadTests
{
    private static readonly string[] VerdictKeys = ["sent", "acknowledged", "received", "payloadMismatches", "lost", "duplicated", "reordered", "unaccounted"];

    [Test]
    public async Task Direct_measures_and_finds_nothing_wrong()
    {
        using var path = new DataPath();
        var report = await Run(path, "direct", "--pairs", "4", "--in-flight", "8", "--seconds", "1");
        Assert.That(Has(report, [.. VerdictKeys, "messages", "seconds", "messagesPerSecond", "serverCpuSecondsPerMillion", "clientCpuSecondsPerMillion", "residentBytes"]), Is.Empty);
        foreach (var latency in (string[])["latencyMilliseconds", "acknowledgementMilliseconds"])
        {
            Assert.That(Has(report.GetProperty(latency), ["p50", "p90", "p99", "p999", "max"]), Is.Empty);
            Assert.That(report.GetProperty(latency).GetProperty("p50").GetDouble(), Is.Positive);
        }
    }

    [Test]
    public async Task The_portable_clients_measure_the_same()
    {
        using var path = new DataPath();
        var report = await Run(path, "direct", "--pairs", "4", "--seconds", "1", "--portable");
        Assert.That(Has(report, [.. VerdictKeys, "messages", "serverCpuSecondsPerMillion", "latencyMilliseconds"]), Is.Empty);
        Assert.That(report.TryGetProperty("generators", out _), Is.False);
    }

    [Test]
    public async Task Several_generators_are_one_run_and_every_figure_of_the_server_is_there()
    {
        using var path = new DataPath();
        var report = await Run(path, "direct", "--pairs", "5", "--seconds", "2", "--generators", "2", "--payload-mix", "20:50,200:40,6000:10", "--registered-users", "300");
        Assert.That(report.GetProperty("generators").GetInt32(), Is.EqualTo(2));
        Assert.That((report.GetProperty("connections").GetInt32(), report.GetProperty("users").GetInt32()), Is.EqualTo((10, 310)));
        Assert.That(Has(report, ["startedAt", "commit", "logBytes", "allocatedBytesPerMessage", "gcPauseMilliseconds", "messagesPerCommit", "logBytesPerMessage", "heapBytes", "series"]), Is.Empty);
        Assert.That(report.GetProperty("logBytesPerMessage").GetDouble(), Is.GreaterThan(500), "the sizes that were asked for, and what is around them");
        Assert.That(report.GetProperty("series").EnumerateArray().Sum(second => second.GetProperty("messagesPerSecond").GetDouble()), Is.Positive);
        foreach (var list in (string[])["latencyDistribution", "acknowledgementDistribution"])
        {
            var milliseconds = report.GetProperty(list).EnumerateArray().Select(one => one.GetProperty("milliseconds").GetDouble()).ToList();
            Assert.That(milliseconds, Is.Ordered.And.Count.GreaterThan(5));
        }
    }

    [Test]
    public async Task A_history_of_the_raw_driver_is_judged_the_same_by_the_checker()
    {
        using var path = new DataPath();
        var history = path.File("history.jsonl");
        var report = await Run(path, "direct", "--pairs", "3", "--seconds", "1", "--history", history);
        Assert.That(report.GetProperty("received").GetInt64(), Is.Positive);
        Assert.That(await ChatServer.Bench.Program.Main(["check", history]), Is.Zero);
    }

    [Test]
    public async Task Idle_finds_what_a_connection_costs()
    {
        using var path = new DataPath();
        var report = await Run(path, "idle", "--connections", "200", "--seconds", "1", "--generators", "2");
        Assert.That((report.GetProperty("connections").GetInt32(), report.GetProperty("tokenLogins").GetInt64()), Is.EqualTo((200, 200L)));
        Assert.That(report.GetProperty("connectionSamples").EnumerateArray().Select(sample => sample.GetProperty("connections").GetInt32()), Is.EqualTo((int[])[40, 80, 120, 160, 200]));
        Assert.That(Has(report, ["residentBytesPerConnection", "heapBytesPerConnection", "idleServerCores"]), Is.Empty);
    }

    [Test]
    public async Task Login_counts_logins_by_token()
    {
        using var path = new DataPath();
        var report = await Run(path, "login", "--users", "50", "--concurrent", "8", "--seconds", "1", "--ramp", "0");
        Assert.That(report.GetProperty("loginsPerSecond").GetDouble(), Is.Positive);
        Assert.That(report.GetProperty("tokenLogins").GetDouble(), Is.GreaterThanOrEqualTo(0.9 * report.GetProperty("loginsPerSecond").GetDouble() * report.GetProperty("seconds").GetDouble()));
        Assert.That(Has(report, ["cpuMillisecondsPerLogin", "latencyMilliseconds", "latencyDistribution"]), Is.Empty);
    }

    [Test]
    public async Task An_open_loop_keeps_its_rate()
    {
        using var path = new DataPath();
        var report = await Run(path, "direct", "--pairs", "2", "--rate", "500", "--seconds", "2", "--ramp", "0");
        Assert.That(report.GetProperty("sent").GetInt64(), Is.InRange(500, 1_500));
    }

    [Test]
    public async Task Offline_stores_survives_and_drains()
    {
        using var path = new DataPath();
        var report = await Run(path, "offline", "--users", "10", "--messages", "500");
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(500));
    }

    [Test]
    public async Task Offline_by_the_raw_driver_is_judged_the_same_by_the_checker()
    {
        using var path = new DataPath();
        var history = path.File("history.jsonl");
        var report = await Run(path, "offline", "--users", "12", "--messages", "600", "--history", history);
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(600));
        Assert.That(Has(report, ["storePerSecond", "drainPerSecond", "storeCpuSecondsPerMillion", "drainCpuSecondsPerMillion", "restartMilliseconds"]), Is.Empty);
        Assert.That(await ChatServer.Bench.Program.Main(["check", history]), Is.Zero);
    }

    [Test]
    public async Task Offline_is_portable_too()
    {
        using var path = new DataPath();
        var report = await Run(path, "offline", "--users", "4", "--messages", "100", "--portable");
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(100));
    }

    [Test]
    public async Task A_storm_breaks_all_connections_and_all_come_back_and_nothing_is_lost()
    {
        using var path = new DataPath();
        var history = path.File("history.jsonl");
        var report = await Run(path, "storm", "--connections", "100", "--storms", "2", "--rate", "2000", "--history", history);
        Assert.That((report.GetProperty("connections").GetInt32(), report.GetProperty("tokenLogins").GetInt64()), Is.EqualTo((100, 200L)));
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(report.GetProperty("acknowledged").GetInt64()).And.Positive);
        Assert.That(Has(report, ["latencyMilliseconds", "loginsPerSecond", "cpuMillisecondsPerLogin", "resent"]), Is.Empty);
        Assert.That(await ChatServer.Bench.Program.Main(["check", history]), Is.Zero);
    }

    [Test]
    public async Task A_day_has_logins_messages_and_an_end_where_all_have_everything()
    {
        using var path = new DataPath();
        var history = path.File("history.jsonl");
        var report = await Run(path, "mixed", "--users", "60", "--rate", "500", "--seconds", "3", "--seed", "5", "--history", history);
        Assert.That(report.GetProperty("seed").GetInt32(), Is.EqualTo(5));
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(report.GetProperty("acknowledged").GetInt64()).And.Positive);
        Assert.That(report.GetProperty("loginsPerSecond").GetDouble(), Is.Positive);
        Assert.That(await ChatServer.Bench.Program.Main(["check", history]), Is.Zero);
    }

    [Test]
    public async Task Slow_readers_get_everything_in_the_end_and_the_others_are_timed_without_and_with_them()
    {
        using var path = new DataPath();
        var report = await Run(path, "slow", "--pairs", "4", "--slow", "2", "--rate", "400", "--seconds", "2", "--payload", "2000");
        Assert.That(report.GetProperty("received").GetInt64(), Is.EqualTo(report.GetProperty("acknowledged").GetInt64()).And.Positive);
        foreach (var times in (string[])["latencyMilliseconds", "undisturbedLatencyMilliseconds"]) Assert.That(report.GetProperty(times).GetProperty("p50").GetDouble(), Is.Positive);
    }

    [Test]
    public async Task Crash_loses_nothing()
    {
        using var path = new DataPath();
        var history = path.File("history.jsonl");
        var report = await Run(path, "crash", "--kills", "4", "--pairs", "6", "--history", history);
        Assert.That(Has(report, [.. VerdictKeys, "kills", "killsWithUnacknowledged", "resent", "answeredDuplicate", "restartMilliseconds"]), Is.Empty);
        Assert.That(report.GetProperty("kills").GetInt32(), Is.InRange(4, 8));
        Assert.That(await ChatServer.Bench.Program.Main(["check", history]), Is.Zero, "the file is what was judged");
    }

    [Test]
    public async Task Bounded_shows_a_log_that_does_not_grow_and_cold_files_that_are_used()
    {
        using var path = new DataPath();

        // Some 720 MB of log. The bound leaves room for a machine that is slow to take a checkpoint, and is still less than all of it.
        var report = await Run(path, "bounded", "--messages", "24000", "--pairs", "1", "--away", "6", "--away-messages", "10", "--payload", "10000", "--checkpoint-bytes", "8MiB", "--segment-bytes", "16MiB", "--log-bytes-bound", "512MiB");
        Assert.That(Has(report, [.. VerdictKeys, "restartBeforeMilliseconds", "restartAfterMilliseconds", "logBytesBound", "coldBytesBound"]), Is.Empty);
        var samples = report.GetProperty("samples").EnumerateArray().ToList();
        Assert.That(samples.Count, Is.EqualTo(11));
        Assert.That(samples.Max(sample => sample.GetProperty("coldBytes").GetInt64()), Is.Positive, "what waits was copied out of the log");
        Assert.That(report.GetProperty("server").GetString(), Does.Contain("--checkpoint-bytes 8192KiB"));
    }

    [Test]
    public async Task Restart_measures_a_long_replay_a_fresh_checkpoint_and_an_account()
    {
        using var path = new DataPath();
        var report = await Run(path, "restart", "--users", "2000", "--log-bytes", "8MiB", "--pairs", "4", "--payload", "4000", "--restarts", "2", "--server-args", "--segment-bytes 16MiB");
        Assert.That(Has(report, [.. VerdictKeys, "restartMilliseconds", "checkpointedRestartMilliseconds", "usersAddedPerSecond", "residentBytesPerUser"]), Is.Empty);
        Assert.That(report.GetProperty("replayedBytes").GetInt64(), Is.GreaterThanOrEqualTo(8 * 1024 * 1024));
        Assert.That(report.GetProperty("checkpointedReplayedBytes").GetInt64(), Is.LessThan(1024 * 1024));
    }

    [Test]
    public async Task The_server_is_told_what_it_should_be_told()
    {
        using var path = new DataPath();
        var report = await Run(path, "direct", "--pairs", "1", "--seconds", "1", "--server-args", "--loops 2 --window-messages 64");
        Assert.That(report.GetProperty("server").GetString(), Does.EndWith("--loops 2 --window-messages 64"));
        Assert.That(await ChatServer.Bench.Program.Main(["load", "direct", "--server-args", "--no-such-option 1"]), Is.EqualTo(1));
    }

    [TestCase("direct", "--pairs", "0")]
    [TestCase("direct", "--payload", "5")]
    [TestCase("direct", "--server", "nowhere")]
    [TestCase("crash", "--kills", "many")]
    [TestCase("bounded", "--checkpoint-bytes", "some")]
    [TestCase("direct", "--server", "127.0.0.1:1", "--server-pid", "1", "--server-args", "--loops 2")]
    [TestCase("direct", "--payload-mix", "100:0")]
    [TestCase("direct", "--history", "h.jsonl", "--generators", "2")]
    [TestCase("idle", "--connections", "1000000")]
    [TestCase("sideways")]
    public async Task A_bad_option_is_exit_code_2(params string[] arguments) =>
        Assert.That(await ChatServer.Bench.Program.Main(["load", .. arguments]), Is.EqualTo(2));

    private static async Task<JsonElement> Run(DataPath path, params string[] arguments)
    {
        var json = path.File("report.json");
        var exitCode = await ChatServer.Bench.Program.Main(["load", .. arguments, "--json", json]);
        var text = File.Exists(json) ? await File.ReadAllTextAsync(json) : "no report";
        Assert.That(exitCode, Is.Zero, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static IEnumerable<string> Has(JsonElement report, string[] keys) => keys.Where(key => !report.TryGetProperty(key, out _));
}
