using System.Globalization;
using System.Text;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary>Results as Markdown: every goal beside what was measured, the curves, the other servers.</summary>
internal static class ResultsDocument
{
    public static string Write(IReadOnlyList<MatrixResult> results, PeerResults peers)
    {
        var text = new StringBuilder();
        text.Append("# Measured\n\nWritten by `matrix`; [README.md](README.md) says how, and what the words mean. Plots are on the page that it writes beside the reports.\n");
        WriteCircumstances(text, results);
        WriteGoals(text, results);
        foreach (var key in CurvePlots.Keys) WriteCurve(text, results, key);
        WriteOthers(text, results);
        WritePeers(text, results, peers);
        WriteRuns(text, results);
        return text.ToString();
    }

    private static void WriteCircumstances(StringBuilder text, IReadOnlyList<MatrixResult> results)
    {
        List<RunReport> reports = [.. results.SelectMany(result => result.Reports)];
        var moments = reports.Select(report => report.StartedAt).Where(moment => moment.Length > 0).Order(StringComparer.Ordinal).ToList();
        (string Name, string Value)[] facts =
        [
            ("machine", Distinct(reports.Select(report => report.Machine))),
            ("commit", Distinct(reports.Select(report => report.Commit))),
            ("date", moments.Count == 0 ? "" : Distinct([RunSection.Moment(moments[0]), RunSection.Moment(moments[^1])])),
            ("runs", string.Create(CultureInfo.InvariantCulture, $"{reports.Count}, of them red: {reports.Count(report => !report.IsClean)}")),
        ];
        text.Append("\n| | |\n|---|---|\n");
        foreach (var (name, value) in facts.Where(fact => fact.Value.Length > 0)) Row(text, [name, value]);
        foreach (var result in results)
        {
            foreach (var report in result.Red) text.Append(CultureInfo.InvariantCulture, $"\n**Red: {Cell(result.Row.Name)}**: {Cell(RunSection.Verdict(report))}. {Cell(string.Join("; ", report.Problems))}\n");
        }
    }

    private static void WriteGoals(StringBuilder text, IReadOnlyList<MatrixResult> results)
    {
        text.Append("\n## Goals\n\n");
        Header(text, ["run", "figure", "measured:", "goal:", "outcome"]);
        foreach (var result in results)
        {
            foreach (var outcome in result.Goals)
            {
                var figure = outcome.Goal.Figure;
                Row(text, [result.Row.Name, figure.Title, outcome.Measured is { } measured ? figure.FormatWithUnit(measured) : "–", outcome.Goal.Text, outcome.Text]);
            }
        }

        var outcomes = results.SelectMany(result => result.Goals).ToList();
        text.Append(CultureInfo.InvariantCulture, $"\n{outcomes.Count(outcome => outcome.IsReached)} of {outcomes.Count} reached, {outcomes.Count(outcome => outcome.Measured is null)} not measured. A goal of 0 B is reached below half a byte.\n");
    }

    private static void WriteCurve(StringBuilder text, IReadOnlyList<MatrixResult> results, Figure key)
    {
        var points = results.Where(result => result.Row.Curve == key.Key).ToList();
        if (points.Count == 0) return;
        var first = points.Select(point => point.Chosen?.Value(Figures.CpuKey)).FirstOrDefault(cost => cost is not null);
        text.Append(CultureInfo.InvariantCulture, $"\n## Cost over {key.Title}\n\nFlat is the goal: the last column is the cost beside that of the first point.\n\n");
        Header(text, ["run", $"{key.Title}:", "CPU s/M:", "messages/s:", "beside the first:"]);
        foreach (var point in points)
        {
            var cost = point.Chosen?.Value(Figures.CpuKey);
            var beside = cost is { } now && first is > 0 ? FigureText.Number(now / first.Value) : "–";
            Row(text, [point.Row.Title, Value(point.Chosen, key.Key), Value(point.Chosen, Figures.CpuKey), Value(point.Chosen, Figures.RateKey), beside]);
        }
    }

    private static void WriteOthers(StringBuilder text, IReadOnlyList<MatrixResult> results)
    {
        string[] keys = [Figures.RateKey, Figures.CpuKey, $"{Figures.LatencyKey}.p50", $"{Figures.LatencyKey}.p99", $"{Figures.LatencyKey}.max", "residentBytes"];
        text.Append("\n## All runs\n\n");
        Header(text, ["run", "verdict", .. keys.Select(key => $"{Titled(Figures.Of(key))}:")]);
        foreach (var result in results)
        {
            var verdict = result.Reports.Count == 0 ? "not measured" : result.Red.Count == 0 ? "clean" : "**red**";
            Row(text, [result.Row.Name, verdict, .. keys.Select(key => Value(result.Chosen, key))]);
        }
    }

    private static void WritePeers(StringBuilder text, IReadOnlyList<MatrixResult> results, PeerResults peers)
    {
        foreach (var result in results.Where(result => result.Row.Curve.Length == 0))
        {
            if (result.Chosen is not { } report || peers.Like(report) is not { Count: > 0 } rows) continue;
            var columns = PeerCase.Of(report).SelectMany(one => one.Keys).Select(key => key.Key).Distinct().Where(key => rows.Any(row => row.Values.ContainsKey(key))).Select(Figures.Of).ToList();
            text.Append(CultureInfo.InvariantCulture, $"\n## {Cell(result.Row.Title)}: beside other servers\n\n");
            IEnumerable<string> Promise(string promise) => PeerSection.Promises(report) ? [promise] : [];
            Header(text, ["server", .. columns.Select(column => $"{Titled(column)}:"), .. Promise("what its acknowledgement promises")]);
            Row(text, ["**ChatServer**", .. columns.Select(column => Value(report, column.Key)), .. Promise("on disk (synced) before the acknowledgement")]);
            foreach (var row in rows) Row(text, [row.Driver, .. columns.Select(column => row.Values.TryGetValue(column.Key, out var value) ? column.Format(value) : "–"), .. Promise(row.Durability)]);
        }
    }

    private static void WriteRuns(StringBuilder text, IReadOnlyList<MatrixResult> results)
    {
        text.Append("\n## Command lines\n\n");
        Header(text, ["run", "what it does", "times:", "command"]);
        foreach (var result in results)
        {
            var command = result.Chosen is { Command.Length: > 0 } report ? report.Command : result.Row.Command(null);
            Row(text, [result.Row.Name, result.Row.Title, result.Reports.Count.ToString(CultureInfo.InvariantCulture), $"`{command}`"]);
        }
    }

    private static string Value(RunReport? report, string key) => report?.Value(key) is { } value ? Figures.Of(key).Format(value) : "–";

    private static string Titled(Figure figure) => FigureText.NameOf(figure.Unit) is { Length: > 0 } unit ? $"{figure.Title} ({unit})" : figure.Title;

    private static string Distinct(IEnumerable<string> texts) => string.Join(", ", texts.Where(text => text.Length > 0).Distinct());

    /// <summary>A name that ends in a colon has its column on the right.</summary>
    private static void Header(StringBuilder text, IReadOnlyList<string> names)
    {
        Row(text, [.. names.Select(name => name.TrimEnd(':'))]);
        text.Append('|').AppendJoin('|', names.Select(name => name.EndsWith(':') ? "--:" : "---")).Append("|\n");
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");

    /// <summary>On one line, without what would end a cell or begin a tag.</summary>
    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
