using System.CommandLine;

namespace ChatServer.Bench.Reports;

/// <summary><c>compare A B</c>: what became better and worse from one run to another.</summary>
internal static class CompareCommand
{
    private const int Clean = 0;
    private const int Red = 1;
    private const int NotCompared = 2;

    public static Command Create()
    {
        var before = new Argument<string>("A") { Description = "The report of load --json before" };
        var after = new Argument<string>("B") { Description = "The report after" };
        var force = new Option<bool>("--force") { Description = "Also where workload or configuration differ" };
        var command = new Command("compare", "Two reports of the same load beside each other; exit code 1 when B is red, 2 when the two are not comparable") { before, after, force };
        command.SetAction(parsed => Run(parsed.GetValue(before) ?? "", parsed.GetValue(after) ?? "", parsed.GetValue(force), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string before, string after, bool isForced, TextWriter output, TextWriter error)
    {
        Comparison comparison;
        try
        {
            comparison = new Comparison(RunReport.Read(before), RunReport.Read(after));
        }
        catch (IOException e)
        {
            error.WriteLine(e.Message);
            return NotCompared;
        }

        if (comparison.Difference is { } difference)
        {
            error.WriteLine(difference);
            if (!isForced) return NotCompared;
        }

        if (comparison.Doubt is { } doubt) error.WriteLine(doubt);
        output.WriteLine($"A  {Title(before, comparison.Before)}");
        output.WriteLine($"B  {Title(after, comparison.After)}");
        ComparisonTable.Write(comparison, output, WatchedOutput.Is(output));
        foreach (var problem in comparison.After.Problems) error.WriteLine($"B is red: {problem}");
        foreach (var fault in comparison.After.Faults) error.WriteLine($"B is red: {fault.Format(comparison.After.Values[fault.Key])} {fault.Title}");
        return comparison.After.IsClean ? Clean : Red;
    }

    private static string Title(string file, RunReport report) =>
        string.Join(", ", ((string[])[file, report.Workload, report.Configuration, report.Commit, report.StartedAt]).Where(part => part.Length > 0));
}
