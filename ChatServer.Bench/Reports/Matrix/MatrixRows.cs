using System.Globalization;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary>
/// The whole table: what is run, and what it should come to. The bodies have the 200 bytes of the peer harness. Whoever changes a workload or
/// its options changes its line here.
/// </summary>
internal static class MatrixRows
{
    private const double Kibi = 1024;

    private static readonly MatrixGoal NothingLost = new("lost", 0);
    private static readonly MatrixGoal NothingAllocated = new("allocatedBytesPerMessage", 0);

    public static readonly IReadOnlyList<MatrixRow> All =
    [
        Row("direct-50x1", "50 pairs, one message in flight", "direct --pairs 50 --in-flight 1 --payload 200 --ramp 8", Cpu(12), NothingLost),
        Row("direct-50x16", "50 pairs, 16 in flight", "direct --pairs 50 --in-flight 16 --payload 200 --ramp 8", Cpu(4), new(Figures.RateKey, 250_000), NothingAllocated, NothingLost),
        Row("direct-500-rate", "500 pairs, 2,000 messages/s in all", "direct --pairs 500 --rate 2000 --payload 200 --ramp 8", Cpu(60), new($"{Figures.LatencyKey}.p50", 0.35), new($"{Figures.LatencyKey}.p99", 1.0), NothingLost),
        Row("idle", "18,000 connections without a word", "idle --connections 18000", new MatrixGoal("residentBytesPerConnection", 0.6 * Kibi)),
        Row("login", "logins by token", "login", new MatrixGoal("loginsPerSecond", 15_000)),
        Fixed("offline", "messages for users who are away; kill -9; they come back", "offline --users 200 --messages 1000000 --payload 200", new("storePerSecond", 250_000), new("drainPerSecond", 400_000), NothingLost),
        Fixed("restart", "1 M users and 1 GiB of log: kill -9 to serving", "restart --users 1000000 --log-bytes 1GiB", new("restartMilliseconds.p50", 2_000), new("residentBytesPerUser", 64), NothingLost),
        Fixed("storm", "all connections break and come back at once", "storm", NothingLost),
        Row("mixed", "a day of many users", "mixed", NothingLost),
        Row("slow", "slow readers among the others", "slow", NothingLost),

        // At one rate, so that as many messages share a commit with few connections as with many.
        Connections("connections-100", "100 connections", 50),
        Connections("connections-2000", "2,000 connections", 1_000),
        Connections("connections-18000", "18,000 connections", 9_000),
        Users("users-1000", "1,000 registered users", 900),
        Users("users-1M", "1 M registered users", 1_000_000),
        Users("users-10M", "10 M registered users", 10_000_000),
        Log("log-1s", "the log of a second", 1),
        Log("log-20s", "the log of 20 seconds", 20),
        Log("log-150s", "the log of 150 seconds", 150),
    ];

    private static MatrixGoal Cpu(double bound) => new(Figures.CpuKey, bound);

    private static MatrixRow Row(string name, string title, string arguments, params MatrixGoal[] goals) => new(name, title, arguments.Split(' '), goals);

    /// <summary>Its length is how much it has to do.</summary>
    private static MatrixRow Fixed(string name, string title, string arguments, params MatrixGoal[] goals) => Row(name, title, arguments, goals) with { TakesSeconds = false };

    private static MatrixRow Connections(string name, string title, int pairs) =>
        Row(name, title, string.Create(CultureInfo.InvariantCulture, $"direct --pairs {pairs} --rate 20000 --payload 200 --ramp 8")) with { Curve = Figures.ConnectionsKey };

    private static MatrixRow Users(string name, string title, int registered) =>
        Row(name, title, string.Create(CultureInfo.InvariantCulture, $"direct --pairs 50 --in-flight 16 --payload 200 --ramp 8 --registered-users {registered}")) with { Curve = Figures.UsersKey };

    /// <summary>Without checkpoints nothing is released: the log is what was written before the clock runs, and the report says how much that was.</summary>
    private static MatrixRow Log(string name, string title, int seconds)
    {
        var row = Row(name, title, string.Create(CultureInfo.InvariantCulture, $"direct --pairs 50 --in-flight 16 --payload 200 --ramp {seconds}"));
        return row with { Curve = Figures.LogBytesKey, Arguments = [.. row.Arguments, "--server-args", "--checkpoint-bytes 16GiB"] };
    }
}
