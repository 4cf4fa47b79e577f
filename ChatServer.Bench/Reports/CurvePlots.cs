using ChatServer.Bench.Reports.Plots;

namespace ChatServer.Bench.Reports;

/// <summary>What a message costs over several runs that differ in one thing: the lines should be flat.</summary>
internal static class CurvePlots
{
    public static readonly IReadOnlyList<Figure> Keys = [Figures.Of(Figures.ConnectionsKey), Figures.Of(Figures.UsersKey), Figures.Of(Figures.LogBytesKey)];

    public static IEnumerable<Plot> Of(IReadOnlyList<RunReport> reports) => Keys.Select(key => Over(reports, key)).OfType<Plot>();

    /// <summary>The runs of a curve, in its order: those that were made for it, or else all that were made for none.</summary>
    public static IReadOnlyList<RunReport> Points(IReadOnlyList<RunReport> reports, string key)
    {
        var made = reports.Where(report => report.Curve == key).ToList();
        return [.. (made.Count > 0 ? made : reports.Where(report => report.Curve.Length == 0)).Where(report => report.Value(key) > 0 && report.Value(Figures.CpuKey) > 0).OrderBy(report => report.Values[key])];
    }

    private static Plot? Over(IReadOnlyList<RunReport> reports, Figure key)
    {
        List<PlotSeries> series =
        [
            .. from report in Points(reports, key.Key)
               group report by report.Workload into runs
               let points = runs.Select(report => (X: report.Values[key.Key], Y: report.Values[Figures.CpuKey])).ToList()
               where points.DistinctBy(point => point.X).Skip(1).Any()
               select new PlotSeries(runs.Key, points),
        ];
        return series.Count == 0 ? null : new Plot(
            $"Cost of a message over {key.Title}",
            $"Seconds of processor time that the server needs for a million messages; each dot is a run. Flat is good: a message costs the same however much there is.",
            new LogAxis($"{key.Title}, logarithmic", key.Unit, series.SelectMany(line => line.Points).Select(point => point.X)),
            new LinearAxis("CPU s/M", FigureUnit.CpuSecondsPerMillion, series.SelectMany(line => line.Points).Select(point => point.Y)),
            series);
    }
}
