using System.Globalization;
using ChatServer.Bench.Load.Raw;

namespace ChatServer.Bench.Load.Workloads;

/// <summary>
/// What is done to a server, told to a fleet of generators phase by phase. A workload names itself, says which users it needs, and
/// fills in what it measured; accounts, generators, verdict and the rest of the report are the same for all.
/// </summary>
internal abstract record LoadWorkload
{
    /// <summary>Logins under way at a time while users come for what is measured later.</summary>
    protected const int ConnectingAtOnce = 64;

    private const int RandomNameMax = int.MaxValue;

    public int Generators { get; init; } = 1;

    /// <summary>As <see cref="PayloadSizes"/> reads it.</summary>
    public string Payload { get; init; } = "100";

    public int AcknowledgeEvery { get; init; } = 32;

    public int AcknowledgeMilliseconds { get; init; } = 50;

    /// <summary>Accounts made beforehand that nobody uses.</summary>
    public int RegisteredUsers { get; init; }

    public string? HistoryFile { get; init; }

    /// <summary>What the server has to be told: its bound on new connections is for strangers, and would be all that is measured.</summary>
    public static IEnumerable<string> ServerOptions { get; } = ["--accepts-per-second", "1000000"];

    protected abstract string Name { get; }

    /// <param name="server">Whom it is done to.</param>
    /// <param name="observer">Who is told once a second how it stands.</param>
    /// <param name="say">Takes a line that is said once.</param>
    public async Task<LoadReport> RunAsync(ServerUnderLoad server, Action<LoadProgress> observer, Action<string> say)
    {
        var report = new LoadReport { Workload = Name, Configuration = "", Server = server.CommandLine };
        if (RegisteredUsers > 0)
        {
            if (!server.IsOwn) throw new IOException("--registered-users: needs a server of our own");
            server.Kill();
            await LoadAccounts.AddToStoppedAsync(server.DataPath, RegisteredUsers);
            await server.StartAgainAsync();
            say(string.Create(CultureInfo.InvariantCulture, $"{RegisteredUsers} accounts more"));
        }

        var whole = Plan(new RawPlan
        {
            // A run may meet the users of an earlier one on a server that was running.
            Server = server.EndPoint.ToString(), Run = Random.Shared.Next(1, RandomNameMax).ToString("x", CultureInfo.InvariantCulture), Password = "load test password",
            Registers = !server.CanBeAsked, Payload = Payload, AcknowledgeEvery = AcknowledgeEvery, AcknowledgeMilliseconds = AcknowledgeMilliseconds,
            HistoryFile = HistoryFile,
        });
        await using var fleet = await RawFleet.StartAsync(server, whole, Generators);
        report = await MeasureAsync(report, fleet, server, new LoadMeter(fleet, server, observer));
        var (verdict, problems) = await fleet.JudgeAsync();
        return report.With(verdict, [.. problems, .. report.Problems]) with { Generators = fleet.Generators, Users = whole.Users + RegisteredUsers };
    }

    /// <summary>Adds its users to what all workloads have in common.</summary>
    protected abstract RawPlan Plan(RawPlan common);

    /// <summary>Its phases; what they measured, into the report.</summary>
    protected abstract Task<LoadReport> MeasureAsync(LoadReport report, RawFleet fleet, ServerUnderLoad server, LoadMeter meter);

    /// <summary>What becomes of the rest; null: all was answered and came.</summary>
    protected static async Task<string?> DrainAsync(RawFleet fleet, LoadMeter meter)
    {
        try
        {
            await meter.WhileAsync("drain", fleet.DrainAsync());
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    protected static IReadOnlyList<string> Problems(params IEnumerable<string?> problems) => [.. problems.OfType<string>()];
}
