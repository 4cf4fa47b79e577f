using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ChatServer.Bench.Checking;

/// <summary><c>check FILE</c>: judges a recorded history.</summary>
internal static class CheckCommand
{
    private const int Clean = 0;
    private const int Violated = 1;
    private const int NotJudged = 2;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Lines of JSON, as docs/HISTORY.md has them" };
        var command = new Command("check", "Judge a recorded history; exit code 1 when it breaks a property, 2 when it cannot be read") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file) ?? "", parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string file, TextWriter output, TextWriter error)
    {
        try
        {
            var names = new HistoryNames();
            var checker = new HistoryChecker(names);
            var started = Stopwatch.GetTimestamp();
            using (var reader = new HistoryReader(File.OpenRead(file), file, names)) reader.Feed(checker);
            var verdict = checker.Judge();
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict.Events} events: {verdict.Sent} sent, {verdict.Acknowledged} promised, {verdict.Received} kept, {verdict.Crashes} crashes; {verdict.Events / seconds:#,0} events/s"));
            if (verdict.First is not { } first) return Clean;
            error.WriteLine(first);
            return Violated;
        }
        catch (Exception e) when (e is HistoryFormatException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return NotJudged;
        }
    }
}
