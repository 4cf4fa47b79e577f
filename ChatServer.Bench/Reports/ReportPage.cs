using System.Globalization;
using System.Xml.Linq;
using ChatServer.Bench.Reports.Plots;

namespace ChatServer.Bench.Reports;

/// <summary>
/// Reports as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere. Written as well-formed XML, so
/// that nothing which a report says can become a part of the page.
/// </summary>
internal static class ReportPage
{
    private const int ShortCommit = 10;

    private static readonly IReadOnlyList<string> Columns =
    [
        Figures.RateKey, Figures.CpuKey, $"{Figures.LatencyKey}.p50", $"{Figures.LatencyKey}.p99", "storePerSecond", "drainPerSecond",
        "loginsPerSecond", "residentBytesPerConnection", "residentBytesPerUser", "restartMilliseconds.p50", "allocatedBytesPerMessage", "residentBytes",
    ];

    public static string Write(IReadOnlyList<RunReport> reports, PeerResults peers)
    {
        var body = Tag.Of("body", Head(reports), Tag.Of("main", Content(reports, peers)), Glossary());
        var page = Tag.Of("html", Tag.At("lang", "en"),
            Tag.Of("head",
                Tag.Of("meta", Tag.At("charset", "utf-8")),
                Tag.Of("meta", Tag.At("name", "viewport"), Tag.At("content", "width=device-width, initial-scale=1")),
                Tag.Of("title", Title(reports)),
                Tag.Of("style", ReportStyle.Text)),
            body);
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    public static XElement Figure(string title, string caption, XElement drawing) =>
        Tag.Of("figure", Tag.Of("h3", title), drawing, Tag.Of("figcaption", caption));

    public static XElement? Unit(Figure figure) => FigureText.NameOf(figure.Unit) is { Length: > 0 } name ? Tag.Of("small", name) : null;

    private static string Title(IReadOnlyList<RunReport> reports) =>
        reports.Count == 1 ? $"ChatServer under load: {reports[0].Name}" : string.Create(CultureInfo.InvariantCulture, $"ChatServer under load: {reports.Count} runs");

    private static XElement Head(IReadOnlyList<RunReport> reports)
    {
        string[] facts = [Common(reports, report => report.Machine), Named("commit", Common(reports, report => Short(report.Commit))), Period(reports)];
        return Tag.Of("header",
            Tag.Of("h1", Title(reports)),
            Tag.Of("p", Tag.Class("facts"), string.Join(" · ", facts.Where(fact => fact.Length > 0))),
            Verdict(reports));
    }

    /// <summary>Null for a single run, which says it itself.</summary>
    private static XElement? Verdict(IReadOnlyList<RunReport> reports)
    {
        if (reports.Count == 1) return null;
        var red = reports.Where(report => !report.IsClean).ToList();
        if (red.Count == 0) return Tag.Of("p", Tag.Class("verdict good"), $"All {Count(reports.Count)} runs are clean: nothing was lost, duplicated or reordered, and no run has a problem.");
        return Tag.Of("p", Tag.Class("verdict bad"), $"{Count(red.Count)} of {Count(reports.Count)} runs {(red.Count == 1 ? "is" : "are")} red: {string.Join("; ", red.Select(report => $"{report.Name}: {RunSection.Verdict(report)}"))}");
    }

    private static IEnumerable<XElement> Content(IReadOnlyList<RunReport> reports, PeerResults peers)
    {
        if (reports.Count > 1) yield return Tag.Of("section", Tag.Of("h2", "All runs"), Table(reports));
        var curves = CurvePlots.Of(reports).Select(plot => Figure(plot.Title, plot.Caption, SvgPlot.Draw(plot))).ToList();
        if (curves.Count > 0) yield return Tag.Of("section", Tag.Of("h2", "What a message costs as the server grows"), Tag.Of("div", Tag.Class("plots"), curves));
        foreach (var report in reports)
        {
            if (PeerSection.Of(report, peers) is { } section) yield return section;
        }

        for (var i = 0; i < reports.Count; i++) yield return RunSection.Of(reports[i], Anchor(i));
    }

    private static XElement Table(IReadOnlyList<RunReport> reports)
    {
        var columns = Columns.Where(key => reports.Any(report => report.Value(key) is not null)).Select(Figures.Of).ToList();
        return Tag.Of("div", Tag.Class("scroll"), Tag.Of("table",
            Tag.Of("thead", Tag.Of("tr", Tag.Of("th", "run"), Tag.Of("th", "verdict"), columns.Select(column => Tag.Of("th", Tag.Class("number"), column.Title, Unit(column))))),
            Tag.Of("tbody", reports.Select((report, i) => Tag.Of("tr",
                Tag.Of("td", Tag.Class("run"), Tag.Of("a", Tag.At("href", $"#{Anchor(i)}"), report.Name), Tag.Of("small", report.Configuration)),
                Tag.Of("td", Tag.Class(report.IsClean ? "good" : "bad"), report.IsClean ? "clean" : "red"),
                columns.Select(column => Tag.Of("td", Tag.Class("number"), report.Value(column.Key) is { } value ? column.Format(value) : "–")))))));
    }

    /// <summary>By its place: several runs of a row have one name.</summary>
    private static string Anchor(int place) => string.Create(CultureInfo.InvariantCulture, $"run-{place + 1}");

    private static XElement Glossary() => Tag.Of("footer",
        Tag.Of("h2", "How to read this"),
        Tag.Of("p", "ChatServer is a messenger's server. A run starts it, lets many clients talk through it, and afterwards compares what it promised with what arrived. A message counts as acknowledged when it is on disk, so that no crash can take it back."),
        Tag.Of("dl",
            Term("CPU s/M", "Seconds of processor time that the server used for a million messages. Less is better. It depends little on what else a machine does, so it is the figure to compare by."),
            Term("p50, p99, p99.9", "Half of the messages, 99 of 100, and 999 of 1,000 were at least that fast."),
            Term("lost, duplicated, reordered", "Acknowledged and never delivered; delivered twice as two messages; delivered in another order than they were sent. Each has to be 0."),
            Term("in flight", "Messages that one user has sent and that are not yet acknowledged."),
            Term("logarithmic", "Equal distances on such an axis are equal ratios: from 1 to 10 is as far as from 10 to 100.")));

    private static IEnumerable<XElement> Term(string term, string meaning) => [Tag.Of("dt", term), Tag.Of("dd", meaning)];

    private static string Common(IReadOnlyList<RunReport> reports, Func<RunReport, string> what) =>
        string.Join(", ", reports.Select(what).Where(text => text.Length > 0).Distinct());

    /// <summary>Enough to know a commit by; each run has the whole.</summary>
    private static string Short(string commit) => commit.Length > ShortCommit && commit.All(char.IsAsciiHexDigit) ? commit[..ShortCommit] : commit;

    private static string Named(string name, string text) => text.Length > 0 ? $"{name} {text}" : "";

    private static string Period(IReadOnlyList<RunReport> reports)
    {
        var times = reports.Select(report => report.StartedAt).Where(text => text.Length > 0).Order(StringComparer.Ordinal).ToList();
        return times.Count == 0 ? "" : RunSection.Moment(times[0]) is var first && RunSection.Moment(times[^1]) is var last && first == last ? first : $"{first} to {last}";
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
