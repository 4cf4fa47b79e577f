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
        Row("direct-50x1", "50 pairs, one message in flight", "direct --pairs 50 --in-flight 1 --payload 200", Cpu(12), NothingLost),
        Row("direct-50x16", "50 pairs, 16 in flight", "direct --pairs 50 --in-flight 16 --payload 200", Cpu(4), new(Figures.RateKey, 250_000), NothingAllocated, NothingLost),
        Row("direct-500-rate", "500 pairs, 2,000 messages/s in all", "direct --pairs 500 --rate 2000 --payload 200", Cpu(60), new($"{Figures.LatencyKey}.p50", 0.35), new($"{Figures.LatencyKey}.p99", 1.0), NothingLost),
        Row("idle", "18,000 connections without a word", "idle --connections 18000", new MatrixGoal("residentBytesPerConnection", 0.6 * Kibi)),
        Fixed("login", "logins by token", "login", new MatrixGoal("loginsPerSecond", 15_000)),
        Fixed("offline", "messages for users who are away; kill -9; they come back", "offline --users 200 --messages 1000000 --payload 200", new("storePerSecond", 250_000), new("drainPerSecond", 400_000), NothingLost),
        Fixed("restart", "1 M users and 1 GiB of log: kill -9 to serving", "restart --users 1000000 --log-bytes 1GiB", new("restartMilliseconds.p50", 2_000), new("residentBytesPerUser", 64), NothingLost),
        Row("storm", "all connect at once", "storm", NothingLost),
        Row("mixed", "all kinds of users together", "mixed", NothingLost),
        Row("slow", "slow readers among the others", "slow", NothingLost),
        Point(Figures.ConnectionsKey, "connections-100", "100 connections", "--connections 100"),
        Point(Figures.ConnectionsKey, "connections-2000", "2,000 connections", "--connections 2000"),
        Point(Figures.ConnectionsKey, "connections-18000", "18,000 connections", "--connections 18000"),
        Point(Figures.UsersKey, "users-1000", "1,000 registered users", "--users 1000"),
        Point(Figures.UsersKey, "users-1M", "1 M registered users", "--users 1000000"),
        Point(Figures.UsersKey, "users-10M", "10 M registered users", "--users 10000000"),
        Point(Figures.LogBytesKey, "log-0", "an empty log", "--log-bytes 0"),
        Point(Figures.LogBytesKey, "log-1G", "1 GiB of log", "--log-bytes 1GiB"),
        Point(Figures.LogBytesKey, "log-8G", "8 GiB of log", "--log-bytes 8GiB"),
    ];

    private static MatrixGoal Cpu(double bound) => new(Figures.CpuKey, bound);

    private static MatrixRow Row(string name, string title, string arguments, params MatrixGoal[] goals) => new(name, title, arguments.Split(' '), goals);

    /// <summary>Its length is how much it has to do.</summary>
    private static MatrixRow Fixed(string name, string title, string arguments, params MatrixGoal[] goals) => Row(name, title, arguments, goals) with { TakesSeconds = false };

    private static MatrixRow Point(string key, string name, string title, string arguments) =>
        Row(name, title, $"direct --pairs 50 --in-flight 16 --payload 200 {arguments}") with { Curve = key };
}
