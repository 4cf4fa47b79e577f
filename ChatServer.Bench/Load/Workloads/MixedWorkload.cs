using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>A day in little time: see <see cref="DayWork"/>. At its end all come, those who were away all day among them, and get everything.</summary>
internal sealed record MixedWorkload : LoadWorkload
{
    public int Users { get; init; } = 1_000;

    /// <summary>Messages a second at the busiest hour.</summary>
    public double Rate { get; init; } = 2_000;

    public double Seconds { get; init; } = 60;

    /// <summary>Of who is written to: with 1 the most popular of a thousand users get one message in seven.</summary>
    public double Skew { get; init; } = 1;

    /// <summary>Of a hundred users, those who are away all day.</summary>
    public int AwayPercent { get; init; } = 10;

    public int Seed { get; init; }

    protected override string Name => "mixed";

    protected override RawPlan Plan(RawPlan common) => common with { Users = Users, InFlight = RawChat.InFlightMax };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        // Everybody's first login, so that a device is there to which something is due.
        await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        await fleet.LeaveAsync();
        var day = await meter.WhileAsync(Name, fleet.DayAsync(new GeneratorOrder { Verb = GeneratorVerb.Day, Rate = Rate, Seconds = Seconds, Skew = Skew, AwayPercent = AwayPercent, Seed = Seed }), Seconds);
        await meter.WhileAsync("come", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        var undrained = await DrainAsync(fleet, meter);
        return day.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Users} users, up to {Rate} messages/s, recipients by Zipf with skew {Skew}, {AwayPercent} of 100 away all day, {Payload} B, seed {Seed}; sources trusted"),
            LoginsPerSecond = day.Logins / day.Seconds,
            TokenLogins = day.End.TokenLogins,
            Resent = day.End.Resent,
            AnsweredDuplicate = day.End.AnsweredDuplicate,
            Seed = Seed,
            Problems = Problems(undrained, day.Messages == 0 ? "nothing was sent" : null),
        };
    }
}
