using System.Diagnostics;
using System.Globalization;
using ChatServer.Diagnostics;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// Seeds of one world, as many as the environment says, on all cores. The first that fails is shrunk and named by the variables that
/// make it again.
/// </summary>
internal sealed class SeedRun(string world, IReadOnlyList<string> faults, Func<int, int> stepsOf, Func<WorldCase, SortedSet<string>, Exception?> failureOf)
{
    private const int MostFailures = 10;
    private const string RegressionsPath = "ChatServer.Tests/Simulation/Regressions.txt";

    public static int Count(int otherwise) => Setting(WorldCase.SeedsVariable, otherwise);

    /// <summary>Seeds that failed once, with what has to be left out to see it.</summary>
    public IEnumerable<WorldCase> Regressions() =>
        from line in House.Repository.Read(RegressionsPath).Split('\n')
        where line.StartsWith(world + " ", StringComparison.Ordinal)
        select WorldCase.Parse(line[world.Length..].Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Runs seeds from the environment's first on; nothing may fail. The sites that were seen.</summary>
    public SortedSet<string> Run(int count)
    {
        var first = Setting(WorldCase.FirstVariable, 1);
        var (started, processorStarted) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var seen = Run([.. Enumerable.Range(first, count).Select(WorldCase.Given)]);
        var (seconds, processorSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - processorStarted).TotalSeconds);
        // On a machine that does other work, too, only the second figure says how fast it is.
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{world}: {count} seeds, {count / seconds:0} seeds/s on {Workers} threads, {count / processorSeconds:0} a second of processor time"));
        return seen;
    }

    public SortedSet<string> Run(IReadOnlyList<WorldCase> cases)
    {
        var seen = new SortedSet<string>();
        var failed = new List<(WorldCase Case, Exception Failure)>();
        var gate = new Lock();
        var lowest = Log.Sink.Lowest;
        Log.Sink.Lowest = LogLevel.Critical; // a thousand shards have much to say
        Parallel.For(
            0,
            cases.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Workers },
            () => new SortedSet<string>(),
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

    /// <summary>The first seed that fails, from 1 on; null when none of them does.</summary>
    public (int Seed, Exception Failure)? FirstFailure(int most)
    {
        for (var seed = 1; seed <= most; seed++)
        {
            if (failureOf(new WorldCase(seed), []) is { } failure) return (seed, failure);
        }

        return null;
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
