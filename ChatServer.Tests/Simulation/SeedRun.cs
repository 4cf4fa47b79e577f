using System.Diagnostics;
using System.Globalization;
using ChatServer.Diagnostics;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// Seeds of one world, as many as the environment says, on all cores. The first that fails is shrunk and named by the variables that
/// make it again.
/// </summary>
internal sealed class SeedRun(string world, IReadOnlyList<string> faults, Func<int, int> stepsOf, Func<WorldCase, HashSet<string>, Exception?> failureOf)
{
    private const int MostFailures = 10;
    private const string RegressionsPath = "ChatServer.Tests/Simulation/Regressions.txt";

    public string World => world;

    public static int Count(int otherwise)
    {
#if MUTANTS
        // One by name, to be found and shrunk.
        ChatServer.Core.PlantedBugs.Active = Enum.Parse<ChatServer.Core.PlantedBug>(Environment.GetEnvironmentVariable("CHATSERVER_MUTANT") ?? nameof(ChatServer.Core.PlantedBug.None));
#endif
        return Setting(WorldCase.SeedsVariable, otherwise);
    }

    /// <summary>Seeds that failed once, with what has to be left out to see it.</summary>
    public IEnumerable<WorldCase> Regressions() =>
        from line in House.Repository.Read(RegressionsPath).Split('\n')
        where line.StartsWith(world + " ", StringComparison.Ordinal)
        select WorldCase.Parse(line[world.Length..].Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What one run broke on, or null.</summary>
    public Exception? FailureOf(WorldCase course) => failureOf(course, []);

    /// <summary>Runs seeds from the environment's first on; nothing may fail. The sites that were seen.</summary>
    public HashSet<string> Run(int count)
    {
        var first = Setting(WorldCase.FirstVariable, 1);
        var (started, processorStarted) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var seen = Run([.. Enumerable.Range(first, count).Select(WorldCase.Given)]);
        var (seconds, processorSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - processorStarted).TotalSeconds);
        // On a machine that does other work, too, only the second figure says how fast it is.
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{world}: {count} seeds, {count / seconds:0} seeds/s on {Workers} threads, {count / processorSeconds:0} a second of processor time"));
        return seen;
    }

    public HashSet<string> Run(IReadOnlyList<WorldCase> cases)
    {
        var seen = new HashSet<string>();
        var failed = new List<(WorldCase Case, Exception Failure)>();
        var gate = new Lock();
        var lowest = Log.Sink.Lowest;
        Log.Sink.Lowest = LogLevel.Critical; // a thousand shards have much to say
        Parallel.For(
            0,
            cases.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Workers },
            () => new HashSet<string>(),
            (i, loop, own) =>
            {
                if (failureOf(cases[i], own) is not { } failure) return own;
                lock (gate) failed.Add((cases[i], failure));
                if (failed.Count >= MostFailures) loop.Stop();
                return own;
            },
            own =>
            {
                lock (gate) seen.UnionWith(own);
            });
        Log.Sink.Lowest = lowest;
        if (failed.Count == 0) return seen;
        var lines = failed.OrderBy(failure => failure.Case.Seed).Select((failure, i) => Line(failure.Case, failure.Failure, shrinks: i == 0)).ToList();
        throw new AssertionException(string.Join(Environment.NewLine, lines));
    }

    private static int Workers => Environment.ProcessorCount;

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private string Line(WorldCase course, Exception failure, bool shrinks)
    {
        if (shrinks)
        {
            course = course.Shrunk(faults, stepsOf(course.Seed), simpler => failureOf(simpler, []) is not null);
            failure = failureOf(course, []) ?? failure;
        }

        return $"{world} {course}: {failure.GetType().Name}: {failure.Message}{(shrinks ? failure.StackTrace : "")}";
    }
}
