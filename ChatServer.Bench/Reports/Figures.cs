namespace ChatServer.Bench.Reports;

/// <summary>
/// Every figure that is known by name, in the order in which people want them. A report may have more: those are shown by their key,
/// and nobody is told that they got better.
/// </summary>
internal static class Figures
{
    public const string CpuKey = "serverCpuSecondsPerMillion";
    public const string RateKey = "messagesPerSecond";
    public const string LatencyKey = "latencyMilliseconds";
    public const string AcknowledgementKey = "acknowledgementMilliseconds";
    public const string ConnectionsKey = "connections";
    public const string UsersKey = "users";
    public const string LogBytesKey = "logBytes";

    public static readonly Figure Cpu = new(CpuKey, "server CPU", FigureUnit.CpuSecondsPerMillion, Better.Lower);
    public static readonly Figure Rate = new(RateKey, "messages", FigureUnit.PerSecond, Better.Higher);

    /// <summary>Each has to be 0; with any other value the run is red.</summary>
    public static readonly IReadOnlyList<Figure> Faults =
    [
        new("lost", "lost", FigureUnit.Count, Better.Lower),
        new("duplicated", "duplicated", FigureUnit.Count, Better.Lower),
        new("reordered", "reordered", FigureUnit.Count, Better.Lower),
        new("payloadMismatches", "changed on the way", FigureUnit.Count, Better.Lower),
        new("gaps", "gaps", FigureUnit.Count, Better.Lower),
        new("contradicted", "contradicted", FigureUnit.Count, Better.Lower),
        new("invented", "invented", FigureUnit.Count, Better.Lower),
        new("unaccounted", "not accounted for", FigureUnit.Count, Better.Lower),
    ];

    private static readonly IReadOnlyList<Figure> Measured =
    [
        Cpu,
        Rate,
        .. Distribution(LatencyKey, "end to end"),
        .. Distribution(AcknowledgementKey, "acknowledgement"),
        .. Distribution("undisturbedLatencyMilliseconds", "end to end, before some became slow"),
        new("storePerSecond", "stored for absent users", FigureUnit.PerSecond, Better.Higher),
        new("storeCpuSecondsPerMillion", "server CPU, storing", FigureUnit.CpuSecondsPerMillion, Better.Lower),
        new("drainPerSecond", "fetched on return", FigureUnit.PerSecond, Better.Higher),
        new("drainCpuSecondsPerMillion", "server CPU, fetching", FigureUnit.CpuSecondsPerMillion, Better.Lower),
        new("loginsPerSecond", "logins", FigureUnit.PerSecond, Better.Higher),
        .. Distribution("loginMilliseconds", "login"),
        new("cpuMillisecondsPerLogin", "server CPU of a login", FigureUnit.Milliseconds, Better.Lower),
        new("heapBytesPerConnection", "managed memory of a connection", FigureUnit.Bytes, Better.Lower),
        new("residentBytesPerConnection", "memory of a connection", FigureUnit.Bytes, Better.Lower),
        new("idleServerCores", "cores in use while nobody writes", FigureUnit.Count, Better.Lower),
        new("residentBytesPerUser", "memory of a registered user", FigureUnit.Bytes, Better.Lower),
        new("allocatedBytesPerMessage", "allocated for a message", FigureUnit.Bytes, Better.Lower),
        new("gcPauseMilliseconds", "pauses of the collector", FigureUnit.Milliseconds, Better.Lower),
        new("messagesPerCommit", "messages that share a commit", FigureUnit.Count, Better.Neither),
        new("logBytesPerMessage", "log written for a message", FigureUnit.Bytes, Better.Lower),
        .. Distribution("restartMilliseconds", "restart"),
        .. Distribution("checkpointedRestartMilliseconds", "restart behind a checkpoint"),
        new("restartBeforeMilliseconds", "restart at the beginning", FigureUnit.Milliseconds, Better.Lower),
        new("restartAfterMilliseconds", "restart at the end", FigureUnit.Milliseconds, Better.Lower),
        new("usersAddedPerSecond", "accounts made", FigureUnit.PerSecond, Better.Higher),
        new("residentBytes", "memory of the server", FigureUnit.Bytes, Better.Lower),
        new("heapBytes", "managed memory of the server", FigureUnit.Bytes, Better.Lower),
        new("refused", "refused", FigureUnit.Count, Better.Lower),
        new("clientCpuSecondsPerMillion", "generator CPU", FigureUnit.CpuSecondsPerMillion, Better.Neither),
        new("messages", "messages while the clock ran", FigureUnit.Count, Better.Neither),
        new("sent", "sent", FigureUnit.Count, Better.Neither),
        new("acknowledged", "acknowledged", FigureUnit.Count, Better.Neither),
        new("received", "received", FigureUnit.Count, Better.Neither),
        new("seconds", "length of the run", FigureUnit.Seconds, Better.Neither),
        new(ConnectionsKey, "connections", FigureUnit.Count, Better.Neither),
        new(UsersKey, "registered users", FigureUnit.Count, Better.Neither),
        new(LogBytesKey, "log on disk", FigureUnit.Bytes, Better.Neither),
        new("generators", "processes that made the load", FigureUnit.Count, Better.Neither),
    ];

    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<Figure> All = [.. Measured, .. Faults];

    private static readonly Dictionary<string, Figure> ByKey = All.ToDictionary(figure => figure.Key, StringComparer.Ordinal);

    public static Figure Of(string key) => ByKey.TryGetValue(key, out var known) ? known : new Figure(key, key, UnitOf(key), Better.Neither);

    private static IEnumerable<Figure> Distribution(string key, string title) =>
        from part in ((string Key, string Title)[])[("p50", "p50"), ("p90", "p90"), ("p99", "p99"), ("p999", "p99.9"), ("max", "maximum")]
        select new Figure($"{key}.{part.Key}", $"{title}, {part.Title}", FigureUnit.Milliseconds, Better.Lower);

    private static FigureUnit UnitOf(string key) => key switch
    {
        _ when key.EndsWith("CpuSecondsPerMillion", StringComparison.Ordinal) => FigureUnit.CpuSecondsPerMillion,
        _ when key.EndsWith("PerSecond", StringComparison.Ordinal) => FigureUnit.PerSecond,
        _ when key.Contains("Bytes", StringComparison.Ordinal) || key.StartsWith("bytes", StringComparison.Ordinal) => FigureUnit.Bytes,
        _ when key.Contains("illiseconds", StringComparison.Ordinal) => FigureUnit.Milliseconds,
        _ when key.EndsWith("econds", StringComparison.Ordinal) => FigureUnit.Seconds,
        _ => FigureUnit.Count,
    };
}
