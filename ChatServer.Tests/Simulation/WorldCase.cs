using System.Globalization;

namespace ChatServer.Tests.Core;

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

    public WorldSettings Applied(WorldSettings drawn)
    {
        var settings = Without.Aggregate(drawn, (settings, fault) => settings.Without(fault));
        return Steps == 0 ? settings : settings with { Steps = Steps };
    }

    /// <summary>Fewer faults and fewer steps that still break something.</summary>
    public WorldCase Shrunk()
    {
        var least = this with { Steps = Steps > 0 ? Steps : WorldSettings.Draw(new Random(Seed)).Steps };
        foreach (var fault in WorldSettings.Faults.Except(Without))
        {
            if (least with { Without = [.. least.Without, fault] } is var simpler && simpler.Fails()) least = simpler;
        }

        var (low, high) = (0, least.Steps); // it fails with high; a bisection is a guess, since failing is not monotonous
        for (var i = 0; i < Halvings && high - low > 1; i++)
        {
            var middle = (low + high) / 2;
            if ((least with { Steps = middle }).Fails()) high = middle;
            else low = middle;
        }

        return least with { Steps = high };
    }

    /// <summary>The variables that make the same run again.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{FirstVariable}={Seed} {SeedsVariable}=1")
        + (Steps > 0 ? string.Create(CultureInfo.InvariantCulture, $" {StepsVariable}={Steps}") : "")
        + (Without.Count > 0 ? $" {WithoutVariable}={string.Join(',', Without)}" : "");

    private bool Fails() => CoreWorld.FailureOf(this, []) is not null;
}
