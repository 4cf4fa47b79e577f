using System.Diagnostics;
using System.Globalization;

namespace ChatServer.Bench.Load;

/// <summary>Pairs of users that write to each other, both ways, for a while.</summary>
internal sealed record DirectRun
{
    public int Pairs { get; init; } = 50;

    /// <summary>Sends a second in all; 0: a closed loop.</summary>
    public double Rate { get; init; }

    public double Seconds { get; init; } = 10;

    public LoadRules Rules { get; init; } = new();

    public async Task<LoadReport> RunAsync(ServerUnderLoad server, TextWriter progress)
    {
        await using var fleet = new LoadFleet(2 * Pairs, static i => [i ^ 1], Rules);
        var started = Stopwatch.GetTimestamp();
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{2 * Pairs} users in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));

        var (serverCpu, clientCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var clock = Stopwatch.GetTimestamp();
        if (Rate > 0) fleet.SetRate(Rate);
        else fleet.Send(true);
        await fleet.WaitAsync(TimeSpan.FromSeconds(Seconds));
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        var messages = fleet.History.AcknowledgedCount;
        var (serverUsed, clientUsed) = (server.CpuTime - serverCpu, Environment.CpuUsage.TotalTime - clientCpu);
        var resident = server.ResidentBytes;
        fleet.Measures.IsOn = false;
        fleet.SetRate(0);
        fleet.Send(false);
        var isDrained = await fleet.DrainAsync(LoadCommands.Patience);
        return new LoadReport
        {
            Workload = "direct",
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Pairs} pairs, {(Rate > 0 ? $"{Rate} messages/s" : $"{Rules.InFlight} in flight a user")}, {Rules.PayloadBytes} B, acknowledged every {Rules.AcknowledgeEvery}, sources trusted"),
            Server = server.CommandLine,
            Messages = messages,
            Seconds = seconds,
            MessagesPerSecond = messages / seconds,
            ServerCpuSecondsPerMillion = LoadCommands.PerMillion(serverUsed, messages),
            ClientCpuSecondsPerMillion = LoadCommands.PerMillion(clientUsed, messages),
            LatencyMilliseconds = fleet.Measures.EndToEnd(),
            AcknowledgementMilliseconds = fleet.Measures.Acknowledgement(),
            ResidentBytes = resident,
            Refused = fleet.Measures.Refused,
        }.With(fleet.History.Judge(), [.. fleet.Violations, .. isDrained ? (string[])[] : ["not everything arrived"], .. messages > 0 ? (string[])[] : ["nothing was sent"]]);
    }
}
