using System.Globalization;
using System.Text.Json.Nodes;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary>Runs rows one after the other and keeps their reports, with the row and the line that made them.</summary>
/// <param name="options">What is run.</param>
/// <param name="load">Runs <c>load</c> with these arguments; the result is its exit code.</param>
/// <param name="progress">A line for each run.</param>
internal sealed class MatrixRunner(MatrixOptions options, Func<IReadOnlyList<string>, CancellationToken, Task<int>> load, TextWriter progress)
{
    /// <summary>Whether every run came to its end and was clean.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        if (options.Repeat > 0) Directory.CreateDirectory(options.Directory);
        var isClean = true;
        for (var i = 0; i < options.Rows.Count && options.Repeat > 0; i++)
        {
            var row = options.Rows[i];
            // What is left of an earlier run of the row would be taken for one of this.
            foreach (var file in Files(options.Directory, row)) File.Delete(file);
            for (var repeat = 1; repeat <= options.Repeat; repeat++)
            {
                await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"[{i + 1}/{options.Rows.Count}] {row.Name}{(options.Repeat > 1 ? $", {repeat} of {options.Repeat}" : "")}: {row.Command(options.Seconds)}"));
                isClean &= await RunAsync(row, repeat, stop);
            }
        }

        return isClean;
    }

    /// <summary>What a directory has of each row of the table.</summary>
    /// <exception cref="IOException">A file is no report.</exception>
    public static IReadOnlyList<MatrixResult> Read(string directory, IReadOnlyList<MatrixRow> rows) =>
        [.. rows.Select(row => new MatrixResult(row, [.. Files(directory, row).Order(StringComparer.Ordinal).Select(RunReport.Read)]))];

    private async Task<bool> RunAsync(MatrixRow row, int repeat, CancellationToken stop)
    {
        var file = Path.Combine(options.Directory, string.Create(CultureInfo.InvariantCulture, $"{row.Name}.{repeat}.json"));
        var exitCode = await load([.. row.Line(options.Seconds), "--json", file], stop);
        if (!File.Exists(file))
        {
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"    no report; exit code {exitCode}"));
            return false;
        }

        await AddAsync(file, row, stop);
        var report = RunReport.Read(file);
        var result = new MatrixResult(row, [report]);
        foreach (var outcome in result.Goals) await progress.WriteLineAsync($"    {outcome.Goal.Figure.Title}: {(outcome.Measured is { } value ? outcome.Goal.Figure.FormatWithUnit(value) : "–")}, goal {outcome.Goal.Text}: {outcome.Text.Trim('*')}");
        await progress.WriteLineAsync($"    {(report.IsClean ? "clean" : $"red: {RunSection.Verdict(report)}; {string.Join("; ", report.Problems)}")}");
        return exitCode == 0 && report.IsClean;
    }

    /// <summary>What the report cannot know of itself.</summary>
    private async Task AddAsync(string file, MatrixRow row, CancellationToken stop)
    {
        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, stop)) as JsonObject ?? throw new IOException($"{file}: no report");
        report["row"] = row.Name;
        report["command"] = row.Command(options.Seconds);
        if (row.Curve.Length > 0) report["curve"] = row.Curve;
        await File.WriteAllTextAsync(file, report.ToJsonString(new() { WriteIndented = true }), stop);
    }

    private static IEnumerable<string> Files(string directory, MatrixRow row) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, $"{row.Name}.*.json") : [];
}
