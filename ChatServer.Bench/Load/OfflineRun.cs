using System.Diagnostics;
using System.Globalization;

namespace ChatServer.Bench.Load;

/// <summary>Messages for users who are away: stored, the server killed and started again, then fetched.</summary>
internal sealed record OfflineRun
{
    private const int MostSenders = 20;

    public int Users { get; init; } = 200;

    public int Messages { get; init; } = 20_000;

    public LoadRules Rules { get; init; } = new() { InFlight = LoadClient.InFlightMax };

    public async Task<LoadReport> RunAsync(ServerUnderLoad server, TextWriter progress)
    {
        var senders = Math.Min(MostSenders, Users);
        await using var fleet = new LoadFleet(senders + Users, i => i < senders ? RecipientsOf(i, senders) : [], Rules);
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        var away = fleet.Clients[senders..];
        foreach (var client in away) await client.AbortAsync();
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Users} users are away"));

        var (serverCpu, clientCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var clock = Stopwatch.GetTimestamp();
        for (var i = 0; i < Messages; i++) fleet.Clients[i % senders].SendDue(Stopwatch.GetTimestamp());
        while (fleet.History.AcknowledgedCount < Messages && Stopwatch.GetElapsedTime(clock) < LoadCommands.Patience && !fleet.Violations.Any()) await fleet.WaitAsync(TimeSpan.FromMilliseconds(1));
        var storeSeconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        var stored = fleet.History.AcknowledgedCount;
        var (serverUsed, clientUsed) = (server.CpuTime - serverCpu, Environment.CpuUsage.TotalTime - clientCpu);
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{stored} messages stored in {storeSeconds:0.00} s"));

        TimeSpan restart = default;
        if (server.IsOwn)
        {
            await fleet.KillAsync(server);
            restart = await fleet.StartAgainAsync(server);
        }

        clock = Stopwatch.GetTimestamp();
        await LoadFleet.ConnectAsync(fleet.Clients.Where(client => !client.IsConnected), server.EndPoint);
        var isDrained = await fleet.DrainAsync(LoadCommands.Patience);
        var drainSeconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        return new LoadReport
        {
            Workload = "offline",
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Messages} messages of {senders} senders for {Users} users who are away, {Rules.PayloadBytes} B, {(server.IsOwn ? "kill -9, restart, " : "")}drain; sources trusted"),
            Server = server.CommandLine,
            Messages = stored,
            Seconds = storeSeconds + drainSeconds,
            MessagesPerSecond = stored / (storeSeconds + drainSeconds),
            StorePerSecond = stored / storeSeconds,
            DrainPerSecond = fleet.History.ReceivedCount / drainSeconds,
            ServerCpuSecondsPerMillion = LoadCommands.PerMillion(serverUsed, stored),
            ClientCpuSecondsPerMillion = LoadCommands.PerMillion(clientUsed, stored),
            AcknowledgementMilliseconds = fleet.Measures.Acknowledgement(),
            RestartMilliseconds = server.IsOwn ? new Percentiles(restart.TotalMilliseconds, restart.TotalMilliseconds, restart.TotalMilliseconds, restart.TotalMilliseconds, restart.TotalMilliseconds) : null,
            ResidentBytes = server.ResidentBytes,
            Refused = fleet.Measures.Refused,
        }.With(fleet.History.Judge(), [.. fleet.Violations, .. isDrained && stored == Messages ? (string[])[] : ["not everything was stored or arrived"]]);
    }

    private int[] RecipientsOf(int sender, int senders) => [.. Enumerable.Range(0, Users).Where(user => user % senders == sender).Select(user => senders + user)];
}
