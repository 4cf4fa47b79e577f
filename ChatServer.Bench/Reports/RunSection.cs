using System.Globalization;
using System.Xml.Linq;
using ChatServer.Bench.Reports.Plots;

namespace ChatServer.Bench.Reports;

/// <summary>One run on the page: headline figures, verdict, plots, where it was made, and all its figures.</summary>
internal static class RunSection
{
    private const int HeadlinesMax = 8;

    /// <summary>In the order of what a reader asks first; those that a run has, up to so many.</summary>
    private static readonly IReadOnlyList<string> Headlines =
    [
        Figures.RateKey, Figures.CpuKey, $"{Figures.LatencyKey}.p50", $"{Figures.LatencyKey}.p99", "storePerSecond", "drainPerSecond",
        "loginsPerSecond", "cpuMillisecondsPerLogin", "residentBytesPerConnection", "restartMilliseconds.p50", "residentBytesPerUser",
        $"{Figures.AcknowledgementKey}.p50", $"{Figures.AcknowledgementKey}.p99", "allocatedBytesPerMessage", "residentBytes",
    ];

    public static XElement Of(RunReport report, string anchor)
    {
        var plots = RunPlots.Of(report).Select(plot => ReportPage.Figure(plot.Title, plot.Caption, SvgPlot.Draw(plot))).ToList();
        return Tag.Of("section", Tag.Class("run"), Tag.At("id", anchor),
            Tag.Of("h2", report.Name == report.Workload ? report.Name : $"{report.Name} ({report.Workload})"),
            Tag.Of("p", Tag.Class("facts"), report.Configuration),
            Tag.Of("p", Tag.Class(report.IsClean ? "verdict good" : "verdict bad"), Verdict(report)),
            report.Problems.Count > 0 ? Tag.Of("ul", Tag.Class("bad"), report.Problems.Select(problem => Tag.Of("li", problem))) : null,
            Cards(report),
            plots.Count > 0 ? Tag.Of("div", Tag.Class("plots"), plots) : null,
            Circumstances(report),
            Tag.Of("details", Tag.Of("summary", "All figures"), AllFigures(report)));
    }

    /// <summary>In a sentence what came of the messages; only what the report says.</summary>
    public static string Verdict(RunReport report)
    {
        string[] counts = [.. ((string[])["sent", "acknowledged", "received"]).Where(key => report.Value(key) > 0).Select(key => $"{FigureText.Of(report.Values[key], FigureUnit.Count)} {key}")];
        var told = counts.Length > 0 ? $" ({string.Join(", ", counts)})" : "";
        string[] faults = [.. report.Faults.Select(fault => $"{fault.Format(report.Values[fault.Key])} {fault.Title}")];
        if (faults.Length > 0) return string.Join(", ", faults) + told;
        if (report.Problems.Count > 0) return string.Create(CultureInfo.InvariantCulture, $"{report.Problems.Count} {(report.Problems.Count == 1 ? "problem" : "problems")}{told}");
        string[] none = [.. ((string[])["lost", "duplicated", "reordered"]).Where(key => report.Value(key) is not null)];
        return none.Length > 0 && counts.Length > 0 ? $"Nothing was {Listed(none)}{told}" : "No problems";
    }

    private static string Listed(string[] words) => words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";

    /// <summary>A moment as people write it, or the text as it is where it is none.</summary>
    public static string Moment(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) : text;

    private static XElement Cards(RunReport report)
    {
        var figures = Headlines.Where(report.Values.ContainsKey).Take(HeadlinesMax).Select(Figures.Of);
        return Tag.Of("div", Tag.Class("cards"), figures.Select(figure => Tag.Of("div", Tag.Class("card"),
            Tag.Of("b", figure.Format(report.Values[figure.Key]), FigureText.NameOf(figure.Unit) is { Length: > 0 } unit ? Tag.Of("small", $" {unit}") : null),
            Tag.Of("span", figure.Title))));
    }

    private static XElement Circumstances(RunReport report)
    {
        (string Name, string Text)[] facts =
        [
            ("machine", report.Machine), ("commit", report.Commit), ("started", Moment(report.StartedAt)), ("command", report.Command), ("server", report.Server),
        ];
        return Tag.Of("dl", facts.Where(fact => fact.Text.Length > 0).Select(fact => (XElement[])[Tag.Of("dt", fact.Name), Tag.Of("dd", fact.Name is "command" or "server" ? Tag.Of("code", fact.Text) : fact.Text)]));
    }

    private static XElement AllFigures(RunReport report) => Tag.Of("table",
        Tag.Of("tbody", report.FiguresHere().Select(figure => Tag.Of("tr",
            Tag.Of("td", figure.Title, ReportPage.Unit(figure)),
            Tag.Of("td", Tag.Class("number"), figure.Format(report.Values[figure.Key]))))));
}
