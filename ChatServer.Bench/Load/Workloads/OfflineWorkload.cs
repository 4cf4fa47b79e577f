using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>Messages for users who are away: stored, the server killed and started again, then fetched.</summary>
internal sealed record OfflineWorkload : LoadWorkload
{
    private const int MostFeeders = 20;

    public int Away { get; init; } = 200;

    public int Messages { get; init; } = 20_000;

    protected override string Name => "offline";

    protected override RawPlan Plan(RawPlan common)
    {
        var feeders = Math.Min(MostFeeders, Away);
        return common with { Users = feeders + Away, Feeders = feeders, InFlight = RawChat.InFlightMax };
    }

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        await fleet.LeaveAsync(plan => (plan.Feeders, plan.Users));
        var store = await meter.WhileAsync("store", fleet.SendCountAsync(Messages, plan => (0, plan.Feeders)));
        TimeSpan? restart = null;
        if (server.IsOwn)
        {
            server.Kill();
            await fleet.NoteAsync(GeneratorVerb.NoteKilled);
            await fleet.LeaveAsync();
            restart = await server.StartAgainAsync();
            await fleet.NoteAsync(GeneratorVerb.NoteStarted);
        }

        string? undrained = null;
        var drain = await meter.WhileAsync("drain", FetchAsync(), counts: LoadCounts.Received);
        var received = drain.End.Received - drain.Begin.Received;
        return store.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Messages} messages of {Math.Min(MostFeeders, Away)} senders for {Away} users who are away, {Payload} B, {(server.IsOwn ? "kill -9, restart, " : "")}drain; sources trusted"),
            Seconds = store.Seconds + drain.Seconds,
            MessagesPerSecond = store.Messages / (store.Seconds + drain.Seconds),
            StorePerSecond = store.Messages / store.Seconds,
            DrainPerSecond = received / drain.Seconds,
            StoreCpuSecondsPerMillion = LoadCommands.PerMillion(store.ServerCpu, store.Messages),
            DrainCpuSecondsPerMillion = LoadCommands.PerMillion(drain.ServerCpu, received),
            RestartMilliseconds = restart is { TotalMilliseconds: var one } ? new Percentiles(one, one, one, one, one) : null,
            ResidentBytes = drain.End.ResidentBytes,
            Connections = drain.End.Connected,
            Series = [.. store.Series, .. drain.Series.Select(second => second with { Second = store.Seconds + second.Second })],
            Problems = Problems(undrained, store.Messages == Messages ? null : "not everything was stored"),
        };

        async Task FetchAsync()
        {
            await fleet.ConnectAsync(ConnectingAtOnce);
            try
            {
                await fleet.DrainAsync();
            }
            catch (IOException e)
            {
                undrained = e.Message;
            }
        }
    }
}
