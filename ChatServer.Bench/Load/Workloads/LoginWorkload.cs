using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>Logins by token as fast as they come: connect, Hello, Welcome, close. The accounts and the first tokens are made before the clock runs.</summary>
internal sealed record LoginWorkload : LoadWorkload
{
    public int Users { get; init; } = 2_000;

    /// <summary>Logins under way at a time.</summary>
    public int Concurrent { get; init; } = 64;

    public double RampSeconds { get; init; } = 1;

    public double Seconds { get; init; } = 10;

    protected override string Name => "login";

    protected override RawPlan Plan(RawPlan common) => common with { Users = Users };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        await meter.WhileAsync("tokens", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
        await fleet.LeaveAsync();
        if (RampSeconds > 0) await meter.WhileAsync("ramp", fleet.LoginAsync(Concurrent, RampSeconds), RampSeconds, LoadCounts.Logins);
        var measured = await meter.WhileAsync(Name, fleet.LoginAsync(Concurrent, Seconds), Seconds, LoadCounts.Logins);
        return measured.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Users} users in turn by token, {Concurrent} under way at a time; sources trusted"),
            TokenLogins = measured.End.TokenLogins,
            LoginsPerSecond = measured.Logins / measured.Seconds,
            CpuMillisecondsPerLogin = measured.Logins == 0 ? null : measured.ServerCpu.TotalMilliseconds / measured.Logins,
            Problems = Problems(measured.Logins == 0 ? "nobody logged in" : null),
        };
    }
}
