using System.Diagnostics;
using HdrHistogram;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Watches a phase of a run: once a second it asks the generators and looks at the server's process.</summary>
/// <param name="fleet">Who is asked.</param>
/// <param name="server">Who is looked at.</param>
/// <param name="observer">Who is told, once a second.</param>
internal sealed class LoadMeter(RawFleet fleet, ServerUnderLoad server, Action<LoadProgress> observer)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>For a time.</summary>
    public Task<LoadSpan> ForAsync(string phase, double seconds) => WhileAsync(phase, Task.Delay(TimeSpan.FromSeconds(seconds)), seconds);

    /// <summary>Until something is done.</summary>
    /// <param name="phase">What it is called.</param>
    /// <param name="work">What is waited for.</param>
    /// <param name="seconds">How long that takes, where it is known.</param>
    /// <param name="counts">What is counted and timed; default: messages.</param>
    public async Task<LoadSpan> WhileAsync(string phase, Task work, double? seconds = null, LoadCounts counts = LoadCounts.Messages)
    {
        var figures = await ServerFigures.OfAsync(server);
        var span = new LoadSpan { Begin = await LookAsync(new LongHistogramSet()), FiguresBefore = figures, Counts = counts };
        var last = span.Begin;
        while (!work.IsCompleted)
        {
            var isOver = await Task.WhenAny(work, Task.Delay(NextSecond(span.Begin, last))) == work;
            var recent = new LongHistogramSet();
            var point = await LookAsync(recent);
            span.Histograms.Add(recent);
            var one = SecondOf(span, last, point, recent);
            if (one is not null) span.Series.Add(one);
            if (one is not null && !isOver)
            {
                observer(new LoadProgress(phase, point.SecondsSince(span.Begin), seconds, one.MessagesPerSecond, one.P50Milliseconds, one.P99Milliseconds, one.ServerCores, one.GeneratorCores, one.ResidentBytes, point.Errors));
            }

            last = point;
        }

        await work;
        span.End = last.At > span.Begin.At ? last : await LookAsync(span.Histograms);
        span.FiguresAfter = await ServerFigures.OfAsync(server);
        return span;
    }

    private static TimeSpan NextSecond(LoadPoint begin, LoadPoint last)
    {
        var rest = TimeSpan.FromSeconds(Math.Floor(last.SecondsSince(begin) + 0.5) + 1 - last.SecondsSince(begin));
        return rest > Second + Second ? Second : rest;
    }

    private static LoadSecond? SecondOf(LoadSpan span, LoadPoint last, LoadPoint point, LongHistogramSet recent)
    {
        var seconds = point.SecondsSince(last);
        return seconds < LoadSpan.LeastSeconds ? null : new LoadSecond
        {
            Second = Math.Round(point.SecondsSince(span.Begin), 3),
            MessagesPerSecond = (span.CountOf(point) - span.CountOf(last)) / seconds,
            P50Milliseconds = Latencies.Milliseconds(span.TimesOf(recent), 50),
            P99Milliseconds = Latencies.Milliseconds(span.TimesOf(recent), 99),
            ServerCores = (point.ServerCpu - last.ServerCpu) / seconds,
            GeneratorCores = (point.GeneratorCpu - last.GeneratorCpu) / seconds,
            ResidentBytes = point.ResidentBytes,
        };
    }

    private async Task<LoadPoint> LookAsync(LongHistogramSet histograms)
    {
        var samples = await fleet.SampleAsync();
        foreach (var sample in samples) histograms.Add(sample);
        return new LoadPoint
        {
            At = Stopwatch.GetTimestamp(),
            ServerCpu = server.CpuTime.TotalSeconds,
            GeneratorCpu = samples.Sum(sample => sample.CpuSeconds),
            OwnCpu = Environment.CpuUsage.TotalTime.TotalSeconds,
            ResidentBytes = server.ResidentBytes,
            Connected = samples.Sum(sample => sample.Connected),
            Acknowledged = samples.Sum(sample => sample.Acknowledged),
            Received = samples.Sum(sample => sample.Received),
            Logins = samples.Sum(sample => sample.Logins),
            TokenLogins = samples.Sum(sample => sample.TokenLogins),
            Refused = samples.Sum(sample => sample.Refused),
            Resent = samples.Sum(sample => sample.Resent),
            AnsweredDuplicate = samples.Sum(sample => sample.AnsweredDuplicate),
            LostConnections = samples.Sum(sample => sample.LostConnections),
            Errors = samples.Sum(sample => sample.Errors),
        };
    }
}
