using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>
/// All connections break at once, as when a network comes back, and everybody logs in again by token: how long until the last one is
/// served. Each is timed from the moment when the connections broke. What was under way is sent again, and nothing is lost.
/// </summary>
internal sealed record StormWorkload : LoadWorkload
{
    public int Connections { get; init; } = 5_000;

    /// <summary>Logins under way at a time; 0: all at once.</summary>
    public int Concurrent { get; init; }

    /// <summary>How often it is done; the distribution is of all, the report's time that of the slowest.</summary>
    public int Storms { get; init; } = 3;

    /// <summary>A second, before each storm and during it.</summary>
    public double Rate { get; init; } = 1_000;

    protected override string Name => "storm";

    protected override RawPlan Plan(RawPlan common) => common with { Users = Connections / 2 * 2, HasPairs = true, InFlight = RawChat.InFlightMax };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        if (Rate > 0) await fleet.SendRateAsync(Rate, System.Diagnostics.Stopwatch.GetTimestamp());
        LoadSpan? all = null;
        var (slowest, cpu, logins) = (0.0, TimeSpan.Zero, 0L);
        for (var i = 0; i < Storms; i++)
        {
            await meter.ForAsync("calm", 1);
            var storm = await meter.WhileAsync(Name, fleet.StormAsync(Concurrent == 0 ? Connections : Concurrent), counts: LoadCounts.Logins);
            if (all is not null) storm.Histograms.Add(all.Histograms);
            all = storm;
            slowest = Math.Max(slowest, storm.Seconds);
            (cpu, logins) = (cpu + storm.ServerCpu, logins + storm.Logins);
        }

        if (Rate > 0) await fleet.SendRateAsync(0);
        var undrained = await DrainAsync(fleet, meter);
        return (all?.Into(report) ?? report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Connections} connections with {Rate} messages/s break {Storms} times and come back by token, {(Concurrent == 0 ? "all at once" : $"{Concurrent} at a time")}; sources trusted"),
            Seconds = slowest,
            TokenLogins = all?.End.TokenLogins,
            LoginsPerSecond = Connections / slowest,
            CpuMillisecondsPerLogin = logins == 0 ? null : cpu.TotalMilliseconds / logins,
            Resent = all?.End.Resent,
            AnsweredDuplicate = all?.End.AnsweredDuplicate,
            Problems = Problems(undrained),
        };
    }
}
