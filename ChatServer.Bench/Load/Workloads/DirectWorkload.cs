using System.Diagnostics;
using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>Pairs of users that write to each other, both ways, for a while.</summary>
internal sealed record DirectWorkload : LoadWorkload
{
    /// <summary>So that all generators have their order before it begins.</summary>
    private static readonly long Ahead = Stopwatch.Frequency / 10;

    public int Pairs { get; init; } = 50;

    public int InFlight { get; init; } = 16;

    /// <summary>Sends a second in all; 0: a closed loop.</summary>
    public double Rate { get; init; }

    /// <summary>Under way before the clock runs.</summary>
    public double RampSeconds { get; init; } = 1;

    public double Seconds { get; init; } = 10;

    protected override string Name => "direct";

    protected override RawPlan Plan(RawPlan common) => common with { Users = 2 * Pairs, HasPairs = true, InFlight = Rate > 0 ? RawChat.InFlightMax : InFlight };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        if (Rate > 0) await fleet.SendRateAsync(Rate, Stopwatch.GetTimestamp() + Ahead);
        else await fleet.SendClosedAsync(on: true);
        if (RampSeconds > 0) await meter.ForAsync("ramp", RampSeconds);
        var measured = await meter.ForAsync(Name, Seconds);
        if (Rate > 0) await fleet.SendRateAsync(0, 0);
        else await fleet.SendClosedAsync(on: false);
        var undrained = await DrainAsync(fleet, meter);
        return measured.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Pairs} pairs, {(Rate > 0 ? $"{Rate} messages/s" : $"{InFlight} in flight a user")}, {Payload} B, acknowledged every {AcknowledgeEvery} or {AcknowledgeMilliseconds} ms, sources trusted"),
            Problems = Problems(undrained, measured.Messages == 0 ? "nothing was sent" : null, measured.End.LostConnections > 0 ? "connections were lost" : null),
        };
    }
}
