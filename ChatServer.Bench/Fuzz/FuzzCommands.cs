using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;

namespace ChatServer.Bench.Fuzz;

/// <summary><c>fuzz TARGET</c>, <c>fuzz all</c>, <c>fuzz list</c>, <c>fuzz replay</c>: options, run, exit code.</summary>
internal sealed class FuzzCommands
{
    private const int Usage = 2;
    private const string All = "all";

    private readonly Option<int> _seconds = new("--seconds") { HelpName = "N", Description = "How long each target is searched", DefaultValueFactory = _ => 30 };
    private readonly Option<int> _workers = new("--workers") { HelpName = "N", Description = "Processes at a time", DefaultValueFactory = _ => 1 };
    private readonly Option<ulong?> _seed = new("--seed") { HelpName = "N", Description = "Makes the same choices again; default: drawn and printed" };
    private readonly Option<bool> _write = new("--write-corpus") { Description = "Keep what was found, minimised" };
    private readonly Option<string> _corpus = new("--corpus")
    {
        HelpName = "DIRECTORY", Description = "The inputs that are kept", DefaultValueFactory = _ => Path.Combine("ChatServer.Tests", "Fuzz", "Corpus"),
    };

    private FuzzCommands()
    {
    }

    public static Command Create()
    {
        var commands = new FuzzCommands();
        var targets = new Argument<string>("TARGET") { Description = $"One of: {string.Join(", ", FuzzTargets.Names)}; or {All}" };
        targets.AcceptOnlyFromAmong([All, .. FuzzTargets.Names]);
        var fuzz = new Command("fuzz", "Search for bytes that the product does not take well, guided by the code that they reach")
        {
            targets, commands._seconds, commands._workers, commands._seed, commands._corpus, commands._write,
        };
        fuzz.SetAction((parsed, stop) =>
        {
            var name = parsed.GetValue(targets) ?? All;
            return commands.RunAsync(parsed, name == All ? FuzzTargets.Names : [name], stop);
        });
        fuzz.Add(List());
        fuzz.Add(Replay());
        fuzz.Add(commands.Work());
        return fuzz;
    }

    private async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> targets, CancellationToken stop)
    {
        var fleet = new FuzzFleet(new FuzzFleetOptions
        {
            Seconds = parsed.GetValue(_seconds),
            Workers = Math.Max(1, parsed.GetValue(_workers)),
            Seed = parsed.GetValue(_seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))),
            Corpus = Path.GetFullPath(parsed.GetValue(_corpus) ?? "."),
            WriteCorpus = parsed.GetValue(_write),
        });
        var areClean = await fleet.RunAsync(targets, stop);
        Console.WriteLine(areClean ? $"fuzz: {targets.Count} targets clean" : "fuzz: something was found");
        return areClean ? FuzzWork.Clean : FuzzWork.Found;
    }

    private static Command List()
    {
        var list = new Command("list", "The targets");
        list.SetAction(_ =>
        {
            foreach (var name in FuzzTargets.Names)
            {
                using var target = FuzzTargets.Create(name);
                Console.WriteLine($"{name,-14} {target.About}");
            }
        });
        return list;
    }

    private static Command Replay()
    {
        var name = new Argument<string>("TARGET");
        name.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
        var hex = new Argument<string>("HEX") { Description = "The input" };
        var replay = new Command("replay", "Run one input again, in the product as it was built") { name, hex };
        replay.SetAction(parsed =>
        {
            using var target = FuzzTargets.Create(parsed.GetValue(name) ?? "");
            byte[] input;
            try
            {
                input = Convert.FromHexString(parsed.GetValue(hex) ?? "");
            }
            catch (FormatException failure)
            {
                Console.Error.WriteLine(failure.Message);
                return Usage;
            }

            var fault = new FuzzCheck(target).Fault(input);
            Console.WriteLine(fault ?? "clean");
            return fault is null ? FuzzWork.Clean : FuzzWork.Found;
        });
        return replay;
    }

    /// <summary>What <see cref="FuzzFleet"/> starts.</summary>
    private Command Work()
    {
        var name = new Argument<string>("TARGET");
        var instrumented = new Option<string>("--instrumented") { Required = true };
        var last = new Option<string>("--last") { Required = true };
        var work = new Command("work", "One target in this process") { Hidden = true };
        work.Add(name);
        foreach (var option in new Option[] { instrumented, last, _seconds, _seed, _corpus, _write }) work.Add(option);
        work.SetAction(parsed =>
        {
            var context = new InstrumentedContext(parsed.GetValue(instrumented) ?? "");
            return (int)context.Call(
                typeof(FuzzWork), nameof(FuzzWork.Run), parsed.GetValue(name), (parsed.GetValue(_seed) ?? 0).ToString(CultureInfo.InvariantCulture),
                parsed.GetValue(_seconds).ToString(CultureInfo.InvariantCulture), parsed.GetValue(_corpus), parsed.GetValue(_write), parsed.GetValue(last))!; // an int
        });
        return work;
    }
}
