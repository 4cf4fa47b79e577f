using System.CommandLine;
using BenchmarkDotNet.Running;
using ChatServer.Bench.Checking;
using ChatServer.Bench.Fuzz;
using ChatServer.Bench.Load;
using ChatServer.Bench.Reports;
using ChatServer.Bench.Reports.Matrix;

namespace ChatServer.Bench;

/// <summary>The bench: load on a real server and reports of it, the judge of recorded histories, the search for bytes that break it, and micro-benchmarks.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Measures and searches ChatServer.") { LoadCommands.Create(), CompareCommand.Create(), ReportCommand.Create(), MatrixCommand.Create(), CheckCommand.Create(), FuzzCommands.Create(), Micro() };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync();
        await Console.Error.WriteLineAsync(parsed.Errors[0].Message);
        return 2;
    }

    private static Command Micro()
    {
        var rest = new Argument<string[]>("OPTIONS") { Arity = ArgumentArity.ZeroOrMore, Description = "Options of BenchmarkDotNet, such as --filter '*Codec*'" };
        var micro = new Command("micro", "Micro-benchmarks; the rest of the line goes to BenchmarkDotNet") { rest };
        micro.TreatUnmatchedTokensAsErrors = false;
        micro.SetAction(parsed =>
        {
            string[] options = [.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens];
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(options.Length == 0 ? ["--filter", "*"] : options);
            return 0;
        });
        return micro;
    }
}
