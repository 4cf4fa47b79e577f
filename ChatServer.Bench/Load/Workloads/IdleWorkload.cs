using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>
/// Users who are logged in and do nothing but give signs of life: what a connection costs in memory, as the slope through several counts,
/// and what all of them cost in CPU.
/// </summary>
internal sealed record IdleWorkload : LoadWorkload
{
    private const int LeastConnections = 2_000;
    private const int Samples = 5;

    public int Connections { get; init; } = 18_000;

    /// <summary>That all of them are watched.</summary>
    public double Seconds { get; init; } = 10;

    protected override string Name => "idle";

    protected override RawPlan Plan(RawPlan common) => common with { Users = Connections };

    protected override async Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter)
    {
        if (server.IsOwn)
        {
            // Everybody's token, and then a process that has none of the memory that making accounts took.
            await meter.WhileAsync("tokens", fleet.ConnectAsync(ConnectingAtOnce), counts: LoadCounts.Logins);
            await fleet.LeaveAsync();
            server.Kill();
            await server.StartAgainAsync();
        }

        var samples = new List<ConnectionSample>();
        var least = Math.Min(LeastConnections, Math.Max(1, Connections / Samples));
        for (var i = 0; i < Samples; i++)
        {
            var count = least + (int)((long)(Connections - least) * i / (Samples - 1));
            await meter.WhileAsync("connect", fleet.ConnectAsync(ConnectingAtOnce, plan => (0, (int)((long)plan.Users * count / Connections))), counts: LoadCounts.Logins);
            var settled = await meter.ForAsync("settle", 1);
            // Twice: pools of buffers let go at a collection what only the next one takes away.
            await ServerFigures.OfAsync(server, collected: true);
            var figures = await ServerFigures.OfAsync(server, collected: true);
            samples.Add(new ConnectionSample(settled.End.Connected, server.ResidentBytes, figures?.HeapBytes));
        }

        var idle = await meter.ForAsync(Name, Seconds);
        return idle.Into(report) with
        {
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Connections} connections, logged in one after the other{(server.IsOwn ? " by token after a restart" : "")}, then {Seconds} s; sources trusted"),
            TokenLogins = idle.End.TokenLogins,
            ConnectionSamples = samples,
            ResidentBytesPerConnection = ConnectionSample.Slope(samples, sample => sample.ResidentBytes),
            HeapBytesPerConnection = samples.TrueForAll(sample => sample.HeapBytes is not null) ? ConnectionSample.Slope(samples, sample => sample.HeapBytes ?? 0) : null,
            IdleServerCores = idle.ServerCpu.TotalSeconds / idle.Seconds,
            Problems = Problems(idle.End.Connected == Connections ? null : string.Create(CultureInfo.InvariantCulture, $"{idle.End.Connected} of {Connections} stayed")),
        };
    }
}
