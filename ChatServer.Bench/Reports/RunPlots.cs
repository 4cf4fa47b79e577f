using ChatServer.Bench.Reports.Plots;

namespace ChatServer.Bench.Reports;

/// <summary>Every plot that the values of one run allow.</summary>
internal static class RunPlots
{
    /// <summary>From there on the slow end of a distribution would press all else against the floor.</summary>
    private const double LogRatio = 40;

    private const string Series = "series";
    private const string Second = "second";

    public static IEnumerable<Plot> Of(RunReport report) =>
        ((IEnumerable<Plot?>)[Latency(report), Rate(report), LatencyOverTime(report), Cores(report), Memory(report), Connections(report), Disk(report)]).OfType<Plot>();

    private static Plot? Latency(RunReport report)
    {
        var series = Lines(("end to end", report.Distribution("latencyDistribution", Figures.LatencyKey)), ("acknowledgement", report.Distribution("acknowledgementDistribution", Figures.AcknowledgementKey)));
        return series.Count == 0 ? null : new Plot(
            "How long messages took",
            "End to end: from sending until the recipient has it. Acknowledgement: until the sender knows that it is kept. At 99 % the line shows the time within which 99 of 100 messages were there; each further nine is a tenth of what is left.",
            new PercentileAxis("share of the messages that were at least as fast", [.. series.SelectMany(line => line.Points).Select(point => point.X)]),
            Milliseconds("milliseconds", series),
            series);
    }

    private static Plot? Rate(RunReport report) =>
        OverTime("Messages a second", "Counted in each second of the run; a dip is a moment in which the server or the machine stood still.", "messages/s", FigureUnit.Count, report, ("messages/s", "messagesPerSecond"));

    private static Plot? LatencyOverTime(RunReport report)
    {
        var series = Lines(("p50", report.Points(Series, Second, "p50Milliseconds")), ("p99", report.Points(Series, Second, "p99Milliseconds")));
        return series.Count == 0 ? null : new Plot("Latency in each second", "End to end: half of the messages of that second were faster than p50, 99 of 100 faster than p99.", Time(series), Milliseconds("milliseconds", series), series);
    }

    private static Plot? Cores(RunReport report) =>
        OverTime("Processors in use", "1 is one core that has no rest. The generator is what makes the load: where both together come near the machine's cores, they are in each other's way.", "cores", FigureUnit.Count, report, ("server", "serverCores"), ("generator", "generatorCores"));

    private static Plot? Memory(RunReport report) =>
        OverTime("Memory of the server", "Memory that the operating system holds for the server's process. It rises while the server warms up; a line that never stops rising would be a leak.", "resident", FigureUnit.Bytes, report, ("resident", "residentBytes"));

    private static Plot? Connections(RunReport report)
    {
        const string Samples = "connectionSamples";
        const string Count = "connections";
        var series = Lines(("resident", report.Points(Samples, Count, "residentBytes")), ("managed", report.Points(Samples, Count, "heapBytes")));
        if (series.Count == 0) return null;
        var slopes = series.Where(line => line.Points.Count > 1).Select(line => $"{line.Name} {FigureText.WithUnit(Slope.Of(line.Points), FigureUnit.Bytes)} a connection");
        return new Plot(
            "Memory over connections",
            $"What one more connection costs is how steep the line is: {string.Join(", ", slopes)}. Resident: memory of the whole process. Managed: what of it are objects.",
            new LinearAxis("connections", FigureUnit.Count, series.SelectMany(line => line.Points).Select(point => point.X)),
            new LinearAxis("memory", FigureUnit.Bytes, series.SelectMany(line => line.Points).Select(point => point.Y)),
            series);
    }

    private static Plot? Disk(RunReport report)
    {
        const string Samples = "samples";
        const string Count = "messages";
        var series = Lines(("log", report.Points(Samples, Count, "logBytes")), ("cold files", report.Points(Samples, Count, "coldBytes")), ("checkpoints", report.Points(Samples, Count, "checkpointBytes")), ("memory", report.Points(Samples, Count, "residentBytes")));
        return series.Count == 0 ? null : new Plot(
            "Disk and memory over messages",
            "None of the lines may go on rising: what passed through must not stay.",
            new LinearAxis("messages so far", FigureUnit.Count, series.SelectMany(line => line.Points).Select(point => point.X)),
            new LinearAxis("bytes", FigureUnit.Bytes, series.SelectMany(line => line.Points).Select(point => point.Y)),
            series);
    }

    private static Plot? OverTime(string title, string caption, string axis, FigureUnit unit, RunReport report, params (string Name, string Key)[] values)
    {
        var series = Lines([.. values.Select(value => (value.Name, report.Points(Series, Second, value.Key)))]);
        return series.Count == 0 ? null : new Plot(title, caption, Time(series), new LinearAxis(axis, unit, series.SelectMany(line => line.Points).Select(point => point.Y)), series);
    }

    private static List<PlotSeries> Lines(params (string Name, IReadOnlyList<(double X, double Y)> Points)[] lines) =>
        [.. lines.Where(line => line.Points.Count > 0).Select(line => new PlotSeries(line.Name, line.Points))];

    private static LinearAxis Time(IEnumerable<PlotSeries> series) =>
        new("seconds since the start", FigureUnit.Count, series.SelectMany(line => line.Points).Select(point => point.X));

    private static Axis Milliseconds(string title, IReadOnlyList<PlotSeries> series)
    {
        double[] values = [.. series.SelectMany(line => line.Points).Select(point => point.Y).Where(value => value > 0)];
        var isWide = values.Length > 0 && values.Max() > LogRatio * values.Min();
        return isWide ? new LogAxis($"{title}, logarithmic", FigureUnit.Milliseconds, values) : new LinearAxis(title, FigureUnit.Milliseconds, values);
    }
}
