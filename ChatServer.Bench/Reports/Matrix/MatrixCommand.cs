using System.CommandLine;
using System.Globalization;

namespace ChatServer.Bench.Reports.Matrix;

/// <summary><c>matrix</c>: the whole table of runs, and what came of it as a document and as a page.</summary>
internal static class MatrixCommand
{
    private const int Clean = 0;
    private const int Red = 1;
    private const int Usage = 2;

    public static Command Create()
    {
        var directory = new Option<string>("--out") { HelpName = "DIR", Description = "Where reports and the page report.html are kept", DefaultValueFactory = _ => Path.Combine("artifacts", "performance") };
        var document = new Option<string>("--results") { HelpName = "FILE", Description = "The document", DefaultValueFactory = _ => Path.Combine("docs", "performance", "RESULTS.md") };
        var only = new Option<string?>("--only") { HelpName = "NAME,…", Description = $"These rows alone; of the others what the directory has is told again. Rows: {string.Join(", ", MatrixRows.All.Select(row => row.Name))}" };
        var seconds = new Option<int?>("--seconds") { HelpName = "N", Description = "How long each run takes whose length can be chosen" };
        var repeat = new Option<int>("--repeat") { HelpName = "N", Description = "Runs of each row, of which the one in the middle counts; 0: only write up what the directory has", DefaultValueFactory = _ => 1 };
        var peers = ReportCommand.PeersOption();
        var command = new Command("matrix", "Run the whole table of loads, and write down every goal beside what was measured; exit code 1 when a run is red or fails") { directory, document, only, seconds, repeat, peers };
        command.SetAction(async (parsed, stop) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var names = parsed.GetValue(only)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (Problem(names, parsed.GetValue(seconds), parsed.GetValue(repeat)) is { } problem)
            {
                await error.WriteLineAsync(problem);
                return Usage;
            }

            var options = new MatrixOptions
            {
                Directory = parsed.GetValue(directory) ?? "",
                Rows = [.. MatrixRows.All.Where(row => names is null || names.Contains(row.Name))],
                Seconds = parsed.GetValue(seconds),
                Repeat = parsed.GetValue(repeat),
            };
            try
            {
                // Before an hour of runs, not after it.
                var others = PeerResults.Read(parsed.GetValue(peers));
                var isClean = await new MatrixRunner(options, ChildLoad.RunAsync, output).RunAsync(stop);
                await WriteAsync(options.Directory, parsed.GetValue(document) ?? "", others, output);
                return isClean ? Clean : Red;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(e.Message);
                return Usage;
            }
        });
        return command;
    }

    private static async Task WriteAsync(string directory, string document, PeerResults peers, TextWriter output)
    {
        var results = MatrixRunner.Read(directory, MatrixRows.All);
        // A red run is on the page even where another one of its row counts.
        List<RunReport> shown = [.. results.SelectMany(result => result.Reports.Where(report => report == result.Chosen || !report.IsClean))];
        if (shown.Count == 0) throw new IOException($"{directory}: no reports");
        var page = Path.Combine(directory, "report.html");
        await File.WriteAllTextAsync(page, ReportPage.Write(shown, peers));
        if (Path.GetDirectoryName(document) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(document, ResultsDocument.Write(results, peers));
        var outcomes = results.SelectMany(result => result.Goals).ToList();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{outcomes.Count(outcome => outcome.IsReached)} of {outcomes.Count} goals reached, {outcomes.Count(outcome => outcome.Measured is null)} not measured; {document}, {page}"));
    }

    private static string? Problem(string[]? names, int? seconds, int repeat)
    {
        if (names?.FirstOrDefault(name => MatrixRows.All.All(row => row.Name != name)) is { } unknown) return $"--only: there is no row '{unknown}'; there are {string.Join(", ", MatrixRows.All.Select(row => row.Name))}";
        if (names is { Length: 0 }) return "--only: names no row";
        if (seconds is <= 0) return "--seconds: a run takes a second at least";
        return repeat < 0 ? "--repeat: not below 0" : null;
    }
}
