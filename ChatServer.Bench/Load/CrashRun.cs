using System.Diagnostics;
using System.Globalization;
using HdrHistogram;

namespace ChatServer.Bench.Load;

/// <summary>
/// Load with a third of the recipients away, and kill -9 at random moments with sends in flight. What was promised is recorded here, in
/// another process than the server's, and compared with what arrives. Kills on, up to twice as often as asked, until some repeated
/// send was answered with its first answer: a run that never met that has shown nothing of it.
/// </summary>
internal sealed record CrashRun
{
    /// <summary>Promises between two kills, at least.</summary>
    public const int AcknowledgedPerKill = 1_000;

    private const int AwayOf = 3;
    private const int ExtraAcknowledged = 2_000;

    public int Kills { get; init; } = 20;

    public int Pairs { get; init; } = 30;

    public int Seed { get; init; }

    public LoadRules Rules { get; init; } = new() { KeepsHalf = true };

    public async Task<LoadReport> RunAsync(ServerUnderLoad server, TextWriter progress)
    {
        var random = new Random(Seed);
        var restarts = new LongHistogram(1, 600_000_000, 3);
        var killsInFlight = 0;
        var least = long.MaxValue;
        var started = Stopwatch.GetTimestamp();
        await using var fleet = new LoadFleet(2 * Pairs, i => i < Pairs ? [Pairs + i] : [], Rules);
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        var kill = 0;
        for (; (kill < Kills || (kill < 2 * Kills && fleet.Measures.AnsweredDuplicate == 0)) && !fleet.Violations.Any(); kill++)
        {
            await SendSomeAwayAsync(fleet, kill, server);
            var before = fleet.History.AcknowledgedCount;
            fleet.Send(true);
            await AcknowledgeAsync(fleet, before + AcknowledgedPerKill + random.Next(ExtraAcknowledged));
            await fleet.KillAsync(server);
            var acknowledged = fleet.History.AcknowledgedCount - before;
            var inFlight = fleet.Clients.Sum(client => client.Unanswered);
            least = Math.Min(least, acknowledged);
            if (inFlight > 0) killsInFlight++;
            var restart = await fleet.StartAgainAsync(server);
            restarts.RecordValue((long)restart.TotalMicroseconds);
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"kill {kill + 1}: {acknowledged} acknowledged, {inFlight} in flight, serving again after {restart.TotalMilliseconds:0} ms"));
            fleet.Send(false);
            var next = kill + 1;
            await LoadFleet.ConnectAsync(fleet.Clients.Where((client, i) => !IsAway(i, next)), server.EndPoint);
        }

        fleet.Send(false);
        await LoadFleet.ConnectAsync(fleet.Clients.Where(client => !client.IsConnected), server.EndPoint);
        var isDrained = await fleet.DrainAsync(LoadCommands.Patience);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new LoadReport
        {
            Workload = "crash",
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Pairs} senders, as many recipients of whom a third is away, {Rules.InFlight} in flight, {Rules.PayloadBytes} B, seed {Seed}; sources trusted"),
            Server = server.CommandLine,
            Messages = fleet.History.AcknowledgedCount,
            Seconds = seconds,
            MessagesPerSecond = fleet.History.AcknowledgedCount / seconds,
            Kills = kill,
            KillsWithUnacknowledged = killsInFlight,
            LeastAcknowledgedPerKill = least,
            Resent = fleet.Measures.Resent,
            AnsweredDuplicate = fleet.Measures.AnsweredDuplicate,
            RestartMilliseconds = Percentiles.Of(restarts),
            Refused = fleet.Measures.Refused,
            Seed = Seed,
        }.With(fleet.History.Judge(), [.. fleet.Violations, .. Weaknesses(fleet, isDrained, kill, killsInFlight, least)]);
    }

    private static IEnumerable<string> Weaknesses(LoadFleet fleet, bool isDrained, int kills, int killsInFlight, long least)
    {
        if (!isDrained) yield return "not everything arrived";
        if (2 * killsInFlight < kills) yield return "less than half of the kills found sends in flight";
        if (least < AcknowledgedPerKill) yield return $"a kill came after less than {AcknowledgedPerKill} messages";
        if (fleet.Measures.Resent == 0) yield return "nothing was sent again";
        if (fleet.Measures.AnsweredDuplicate == 0) yield return "no repeated send had been answered before";
    }

    private bool IsAway(int client, int round) => client >= Pairs && (client + round) % AwayOf == 0;

    private async Task SendSomeAwayAsync(LoadFleet fleet, int round, ServerUnderLoad server)
    {
        for (var i = Pairs; i < fleet.Clients.Length; i++)
        {
            var client = fleet.Clients[i];
            if (IsAway(i, round)) await client.AbortAsync();
            else if (!client.IsConnected) await client.ConnectAsync(server.EndPoint, CancellationToken.None);
        }
    }

    private static async Task AcknowledgeAsync(LoadFleet fleet, long target)
    {
        var started = Stopwatch.GetTimestamp();
        while (fleet.History.AcknowledgedCount < target && !fleet.Violations.Any())
        {
            if (Stopwatch.GetElapsedTime(started) > LoadCommands.Patience) throw new TimeoutException("the server acknowledges nothing any more");
            await fleet.WaitAsync(TimeSpan.FromMilliseconds(1));
        }
    }
}
