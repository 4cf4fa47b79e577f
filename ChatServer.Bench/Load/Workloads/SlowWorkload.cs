using System.Diagnostics;
using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>
/// Some users stop reading, or read little, while the others go on: the others' times are measured without and with them. In the end those
/// who were slow read again, or log in again, and get everything.
/// </summary>
internal sealed record SlowWorkload : LoadWorkload
{
    private const int SlowBuffer = 4 * 1_024;

    /// <summary>That go on.</summary>
    public int Pairs { get; init; } = 50;

    /// <summary>Pairs of which one is slow.</summary>
    public int SlowPairs { get; init; } = 10;

    /// <summary>What one who is slow reads a second; 0: nothing.</summary>
    public int ReadBytes { get; init; }

    /// <summary>Messages a second of all.</summary>
    public double Rate { get; init; } = 2_000;

    /// <summary>Without the slow ones, and as long with them.</summary>
    public double Seconds { get; init; } = 10;

    protected override string Name => "slow";

    protected override RawPlan Plan(RawPlan common) => common with
    {
        Users = 2 * (Pairs + SlowPairs), HasPairs = true, SlowPairs = SlowPairs, SlowBufferBytes = SlowBuffer, InFlight = RawChat.InFlightMax,
    };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        await fleet.SendRateAsync(Rate, Stopwatch.GetTimestamp());
        await meter.ForAsync("ramp", 1);
        var without = await meter.ForAsync("all read", Seconds);
        await fleet.SlowAsync(ReadBytes);
        var with = await meter.ForAsync(Name, Seconds);
        await fleet.SendRateAsync(0);
        await fleet.SlowAsync(-1);

        // The server may have closed on those who did not read.
        await fleet.ConnectAsync(ConnectingAtOnce);
        var undrained = await DrainAsync(fleet, meter);
        var before = without.Into(report);
        return with.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Pairs} pairs that read and {SlowPairs} of which one reads {ReadBytes} bytes a second, {Rate} messages/s of all, {Payload} B; sources trusted"),
            UndisturbedLatencyMilliseconds = before.LatencyMilliseconds,
            Problems = Problems(undrained, with.Messages == 0 ? "nothing was sent" : null),
        };
    }
}
