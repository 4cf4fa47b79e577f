using System.Xml.Linq;
using ChatServer.Bench.Reports.Plots;

namespace ChatServer.Bench.Reports;

/// <summary>A run of ours beside what other servers did at the same.</summary>
internal static class PeerSection
{
    private const string OwnName = "ChatServer";
    private const double DifferenceRatio = 0.02;

    /// <summary>Those that are drawn; a table has the others too.</summary>
    private static readonly IReadOnlyList<string> Drawn = [Figures.CpuKey, Figures.RateKey, "storePerSecond", "drainPerSecond", "loginsPerSecond", "residentBytesPerConnection"];

    private static readonly IReadOnlyList<string> Shown =
    [
        Figures.CpuKey, Figures.RateKey, $"{Figures.LatencyKey}.p50", $"{Figures.LatencyKey}.p99", "storePerSecond", "storeCpuSecondsPerMillion",
        "drainPerSecond", "drainCpuSecondsPerMillion", "lost", "restartMilliseconds.p50", "loginsPerSecond", "cpuMillisecondsPerLogin", "residentBytesPerConnection",
    ];

    /// <summary>Whether the run was about messages, so that it matters what an acknowledgement is worth.</summary>
    public static bool Promises(RunReport report) => report.Value("acknowledged") > 0;

    /// <summary>Null where no peer did what this run did; points of a curve have their own plot.</summary>
    public static XElement? Of(RunReport report, PeerResults peers)
    {
        var rows = peers.Like(report);
        if (rows.Count == 0 || report.Curve.Length > 0) return null;
        var plots = Drawn.Where(key => report.Value(key) > 0 && rows.Any(row => row.Values.TryGetValue(key, out var value) && Differs(value, report.Values[key]))).Select(key => Draw(report, rows, Figures.Of(key)));
        return Tag.Of("section",
            Tag.Of("h2", $"{report.Name}: beside other servers"),
            Tag.Of("p", Tag.Class("facts"), $"{report.Configuration}. The others: the case of the peer harness that does the same."),
            Tag.Of("div", Tag.Class("plots"), plots),
            Table(report, rows));
    }

    /// <summary>At a fixed rate all are equally fast, and a plot of that says nothing.</summary>
    private static bool Differs(double one, double other) => Math.Abs(one - other) > DifferenceRatio * other;

    private static XElement Draw(RunReport report, IReadOnlyList<PeerRow> rows, Figure figure)
    {
        IEnumerable<DotRow> dots = [new DotRow(OwnName, report.Values[figure.Key], true), .. from row in rows where row.Values.ContainsKey(figure.Key) select new DotRow(row.Driver, row.Values[figure.Key], false)];
        var isLower = figure.Better == Better.Lower;
        var plot = new DotPlot(
            $"{char.ToUpperInvariant(figure.Title[0])}{figure.Title[1..]}{(FigureText.NameOf(figure.Unit) is { Length: > 0 } unit ? $" ({unit})" : "")}",
            $"{(isLower ? "Less" : "More")} is better; the best is at the top. Logarithmic.",
            figure.Unit,
            [.. isLower ? dots.OrderBy(dot => dot.Value) : dots.OrderByDescending(dot => dot.Value)]);
        return ReportPage.Figure(plot.Title, plot.Caption, SvgDots.Draw(plot));
    }

    private static XElement Table(RunReport report, IReadOnlyList<PeerRow> rows)
    {
        var columns = Shown.Where(key => rows.Any(row => row.Values.ContainsKey(key))).Select(Figures.Of).ToList();
        var promises = Promises(report);
        IEnumerable<XElement> Cells(Func<string, double?> value) => columns.Select(column => Tag.Of("td", Tag.Class("number"), value(column.Key) is { } number ? column.Format(number) : "–"));
        return Tag.Of("div", Tag.Class("scroll"), Tag.Of("table",
            Tag.Of("thead", Tag.Of("tr", Tag.Of("th", "server"), columns.Select(column => Tag.Of("th", Tag.Class("number"), column.Title, ReportPage.Unit(column))), promises ? Tag.Of("th", "what its acknowledgement promises") : null)),
            Tag.Of("tbody",
                Tag.Of("tr", Tag.Class("own"), Tag.Of("td", OwnName), Cells(report.Value), promises ? Tag.Of("td", "on disk (synced) before the acknowledgement") : null),
                rows.Select(row => Tag.Of("tr", Tag.Of("td", row.Driver, Tag.Of("small", row.Version)), Cells(key => row.Values.TryGetValue(key, out var value) ? value : null), promises ? Tag.Of("td", row.Durability) : null)))));
    }
}
