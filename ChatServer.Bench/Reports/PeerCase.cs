using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatServer.Bench.Reports;

/// <summary>The case of the peer harness that does what a run of ours did, and what its figures are called there.</summary>
/// <param name="Workload">As the harness names it.</param>
/// <param name="Case">How the case's name begins.</param>
/// <param name="Keys">Our key, the key there, and by what that has to be multiplied.</param>
internal sealed partial record PeerCase(string Workload, string Case, IReadOnlyList<(string Key, string Theirs, double Factor)> Keys)
{
    private const double Kibi = 1024;
    private const double MillisecondsPerSecond = 1000;

    private static readonly IReadOnlyList<(string, string, double)> Direct =
    [
        (Figures.CpuKey, "srvCpuSPerM", 1), (Figures.RateKey, "msgPerS", 1),
        ($"{Figures.LatencyKey}.p50", "e2eP50ms", 1), ($"{Figures.LatencyKey}.p99", "e2eP99ms", 1),
        ($"{Figures.AcknowledgementKey}.p50", "ackP50ms", 1), ($"{Figures.AcknowledgementKey}.p99", "ackP99ms", 1),
    ];

    private static readonly PeerCase Idle = new("W4", "idle", [("residentBytesPerConnection", "kiBPerConn", Kibi)]);

    private static readonly PeerCase Login = new("W5", "", [("loginsPerSecond", "loginsPerS", 1), ("cpuMillisecondsPerLogin", "srvCpuMsPerLogin", 1)]);

    private static readonly PeerCase Offline = new("W2", "store+drain",
    [
        ("storePerSecond", "storePerS", 1), ("storeCpuSecondsPerMillion", "storeSrvCpuSPerM", 1),
        ("drainPerSecond", "drainPerS", 1), ("drainCpuSecondsPerMillion", "drainSrvCpuSPerM", 1), ("lost", "lost", 1),
    ]);

    private static readonly PeerCase Killed = new("W2", "kill -9 right after", [("lost", "lostAcked", 1), ("restartMilliseconds.p50", "restartS", MillisecondsPerSecond)]);

    /// <summary>Empty where no peer was ever measured doing that.</summary>
    public static IReadOnlyList<PeerCase> Of(RunReport report) => report.Workload switch
    {
        "direct" when DirectCase(report.Configuration) is { } name => [new PeerCase("W1", name, Direct)],
        "idle" => [Idle],
        "login" => [Login],
        "offline" => [Offline, Killed],
        _ => [],
    };

    public bool IsOf(PeerRow row) => row.Workload == Workload && (Workload == "W1" ? row.Case == Case : row.Case.StartsWith(Case, StringComparison.Ordinal));

    /// <summary>What a row says in our words.</summary>
    public IEnumerable<(string Key, double Value)> Translate(PeerRow row) =>
        from key in Keys where row.Values.ContainsKey(key.Theirs) select (key.Key, row.Values[key.Theirs] * key.Factor);

    private static string? DirectCase(string configuration)
    {
        if (Pairs().Match(configuration) is not { Success: true } pairs) return null;
        if (Rate().Match(configuration) is { Success: true } rate) return string.Create(CultureInfo.InvariantCulture, $"P={Whole(pairs)} {Whole(rate)}/s");
        return InFlight().Match(configuration) is { Success: true } inFlight ? string.Create(CultureInfo.InvariantCulture, $"P={Whole(pairs)} K={Whole(inFlight)}") : null;
    }

    private static string Whole(Match match) => match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal);

    [GeneratedRegex("""([\d,]+) pairs""")]
    private static partial Regex Pairs();

    [GeneratedRegex("""([\d,]+) in flight""")]
    private static partial Regex InFlight();

    [GeneratedRegex("""([\d,]+) (?:messages|msg)/s""")]
    private static partial Regex Rate();
}
