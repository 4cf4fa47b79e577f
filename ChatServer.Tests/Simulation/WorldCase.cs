using System.Globalization;

using ChatServer.Tests.Core;

namespace ChatServer.Tests.Simulation;

/// <summary>A seed, and what of it is left out: what is named by a failure and replayed from the environment.</summary>
/// <param name="Seed">Decides everything that is not left out.</param>
/// <param name="Steps">How many steps; 0: as the seed draws.</param>
/// <param name="Without">Faults that are off, by their names in <see cref="WorldSettings"/>.</param>
internal sealed record WorldCase(int Seed, int Steps, IReadOnlyList<string> Without)
{
    public const string SeedsVariable = "SIMULATION_SEEDS";
    public const string FirstVariable = "SIMULATION_FIRST";
    private const string StepsVariable = "SIMULATION_STEPS";
    private const string WithoutVariable = "SIMULATION_WITHOUT";

    private const int Halvings = 10;

    public WorldCase(int seed)
        : this(seed, 0, [])
    {
    }

    /// <summary>As the environment says.</summary>
    public static WorldCase Given(int seed) => new(
        seed,
        int.Parse(Environment.GetEnvironmentVariable(StepsVariable) ?? "0", CultureInfo.InvariantCulture),
        (Environment.GetEnvironmentVariable(WithoutVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A line of the regression list: seed, steps or 0, faults left out.</summary>
    public static WorldCase Parse(ReadOnlySpan<string> words) => new(
        int.Parse(words[0], CultureInfo.InvariantCulture),
        words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0,
        words.Length > 2 ? words[2].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);

    public WorldSettings Applied(WorldSettings drawn)
    {
        var settings = Without.Intersect(WorldSettings.Faults).Aggregate(drawn, (settings, fault) => settings.Without(fault));
        return Steps == 0 ? settings : settings with { Steps = Steps };
    }

    public ShardSettings Applied(ShardSettings drawn)
    {
        var settings = Without.Intersect(ShardSettings.Faults).Aggregate(drawn, (settings, fault) => settings.Without(fault));
        return Steps == 0 ? settings : settings with { Acts = Steps };
    }

    /// <summary>Fewer faults and fewer steps that still break something.</summary>
    public WorldCase Shrunk(IEnumerable<string> faults, int mostSteps, Func<WorldCase, bool> fails)
    {
        var least = this with { Steps = Steps > 0 ? Steps : mostSteps };
        foreach (var fault in faults.Except(Without))
        {
            if (least with { Without = [.. least.Without, fault] } is var simpler && fails(simpler)) least = simpler;
        }

        var (low, high) = (0, least.Steps); // it fails with high; a bisection is a guess, since failing is not monotonous
        for (var i = 0; i < Halvings && high - low > 1; i++)
        {
            var middle = (low + high) / 2;
            if (fails(least with { Steps = middle })) high = middle;
            else low = middle;
        }

        return least with { Steps = high };
    }

    /// <summary>The variables that make the same run again.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{FirstVariable}={Seed} {SeedsVariable}=1")
        + (Steps > 0 ? string.Create(CultureInfo.InvariantCulture, $" {StepsVariable}={Steps}") : "")
        + (Without.Count > 0 ? $" {WithoutVariable}={string.Join(',', Without)}" : "");
}
