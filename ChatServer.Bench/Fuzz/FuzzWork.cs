using System.Globalization;

namespace ChatServer.Bench.Fuzz;

/// <summary>One target searched in this process. Called in the instrumented copy of this program, by name and with strings.</summary>
internal static class FuzzWork
{
    public const int Clean = 0;
    public const int Found = 1;

    /// <param name="name">The target.</param>
    /// <param name="seed">Of the search.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="corpus">Where inputs are kept; read at the start.</param>
    /// <param name="writeCorpus">Whether what was found is kept there, minimised.</param>
    /// <param name="lastInput">A file for the input under way.</param>
    /// <returns>The exit code, <see cref="Clean"/> or <see cref="Found"/>.</returns>
    public static int Run(string name, string seed, string seconds, string corpus, bool writeCorpus, string lastInput)
    {
        // First of all: instrumented code that finds no map writes to address 0.
        using var coverage = new CoverageMap();
#if MUTANTS
        if (Environment.GetEnvironmentVariable("CHATSERVER_MUTANT") is { Length: > 0 } bug) Core.PlantedBugs.Active = Enum.Parse<Core.PlantedBug>(bug);
#endif

        using var target = FuzzTargets.Create(name);
        using var last = new LastInput(lastInput, target.MaxBytes);
        var options = new FuzzOptions
        {
            Seed = ulong.Parse(seed, CultureInfo.InvariantCulture),
            Duration = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
        };
        var loop = new FuzzLoop(target, coverage, options, last);
        var summary = loop.Run(FuzzCorpus.Read(corpus, target));
        Console.WriteLine(summary);
        if (summary.Finding is { } finding)
        {
            Console.WriteLine(finding);
            return Found;
        }

        if (writeCorpus) FuzzCorpus.Write(corpus, target, loop.Minimised(FuzzCorpus.KeptBytes));
        return Clean;
    }
}
