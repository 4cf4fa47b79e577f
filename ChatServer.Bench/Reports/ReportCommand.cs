using System.CommandLine;
using System.Globalization;

namespace ChatServer.Bench.Reports;

/// <summary><c>report FILES --out FILE</c>: reports of load as a page to look at.</summary>
internal static class ReportCommand
{
    private const int Written = 0;
    private const int NotWritten = 2;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILES") { Arity = ArgumentArity.OneOrMore, Description = "Reports of load --json" };
        var target = new Option<string>("--out") { HelpName = "FILE", Description = "The page", DefaultValueFactory = _ => "report.html" };
        var peers = PeersOption();
        var command = new Command("report", "Reports of load as one page of HTML that needs nothing else; exit code 2 when one cannot be read") { files, target, peers };
        command.SetAction(async (parsed, stop) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var reports = (parsed.GetValue(files) ?? []).Select(RunReport.Read).ToList();
                var page = ReportPage.Write(reports, PeerResults.Read(parsed.GetValue(peers)));
                var path = parsed.GetValue(target) ?? "";
                await File.WriteAllTextAsync(path, page, stop);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path}: {reports.Count} {(reports.Count == 1 ? "run" : "runs")}, {reports.Count(report => !report.IsClean)} red"));
                return Written;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(e.Message);
                return NotWritten;
            }
        });
        return command;
    }

    public static Option<string?> PeersOption() => new("--peers") { HelpName = "DIR", Description = "JSON of the peer harness: other servers beside ours" };
}
