using HdrHistogram;

namespace ChatServer.Bench.Load.Raw;

/// <summary>What lay between two moments of a run.</summary>
internal sealed class LoadSpan
{
    /// <summary>A shorter piece at the end is no second of its own.</summary>
    public const double LeastSeconds = 0.2;

    public required LoadPoint Begin { get; init; }

    public LoadPoint End { get; set; } = new();

    public ServerFigures? FiguresBefore { get; init; }

    public ServerFigures? FiguresAfter { get; set; }

    public required LoadCounts Counts { get; init; }

    public LongHistogramSet Histograms { get; } = new();

    public List<LoadSecond> Series { get; } = [];

    public double Seconds => End.SecondsSince(Begin);

    public long Messages => End.Acknowledged - Begin.Acknowledged;

    public long Logins => End.Logins - Begin.Logins;

    public TimeSpan ServerCpu => TimeSpan.FromSeconds(End.ServerCpu - Begin.ServerCpu);

    /// <summary>Of the generators and of the process that watches them.</summary>
    public TimeSpan ClientCpu => TimeSpan.FromSeconds(End.GeneratorCpu - Begin.GeneratorCpu + End.OwnCpu - Begin.OwnCpu);

    public long CountOf(LoadPoint point) => Counts switch
    {
        LoadCounts.Logins => point.Logins,
        LoadCounts.Received => point.Received,
        _ => point.Acknowledged,
    };

    public LongHistogram TimesOf(LongHistogramSet histograms) => Counts == LoadCounts.Logins ? histograms.Login : histograms.EndToEnd;

    /// <summary>The report's figures of messages, and of what was timed.</summary>
    public LoadReport Into(LoadReport report)
    {
        var (before, after) = (FiguresBefore, FiguresAfter);
        var times = TimesOf(Histograms);
        return report with
        {
            Messages = Messages,
            Seconds = Seconds,
            MessagesPerSecond = Seconds > 0 ? Messages / Seconds : 0,
            ServerCpuSecondsPerMillion = Messages == 0 ? null : LoadCommands.PerMillion(ServerCpu, Messages),
            ClientCpuSecondsPerMillion = Messages == 0 ? null : LoadCommands.PerMillion(ClientCpu, Messages),
            LatencyMilliseconds = times.TotalCount == 0 ? null : Percentiles.Of(times),
            AcknowledgementMilliseconds = Histograms.Acknowledgement.TotalCount == 0 ? null : Percentiles.Of(Histograms.Acknowledgement),
            LatencyDistribution = Latencies.Distribution(times),
            AcknowledgementDistribution = Latencies.Distribution(Histograms.Acknowledgement),
            ResidentBytes = End.ResidentBytes,
            Connections = End.Connected,
            LogBytes = before?.LogBytes,
            HeapBytes = after?.HeapBytes,
            AllocatedBytesPerMessage = Each(after?.AllocatedBytes - before?.AllocatedBytes, Messages),
            LogBytesPerMessage = Each(after?.LoggedBytes - before?.LoggedBytes, Messages),
            MessagesPerCommit = after is null || before is null || after.Commits == before.Commits || Messages == 0 ? null : (double)Messages / (after.Commits - before.Commits),
            GcPauseMilliseconds = after?.PauseMilliseconds - before?.PauseMilliseconds,
            Refused = End.Refused,
            Series = Series,
        };
    }

    private static double? Each(long? bytes, long messages) => messages == 0 ? null : (double?)bytes / messages;
}
