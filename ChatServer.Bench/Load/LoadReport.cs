using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatServer.Bench.Checking;

namespace ChatServer.Bench.Load;

/// <summary>What a run measured; its names in JSON stay the same from version to version. What a workload does not measure is left out.</summary>
internal sealed record LoadReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public DateTimeOffset StartedAt { get; init; }

    public required string Workload { get; init; }

    public required string Configuration { get; init; }

    public string Machine { get; init; } = string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");

    public string Server { get; init; } = "";

    /// <summary>What the server was built from: a commit, or its version where that is not known.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Processes that played the users; null: this one did.</summary>
    public int? Generators { get; init; }

    /// <summary>Logged in at the end of what was measured.</summary>
    public int? Connections { get; init; }

    /// <summary>Acknowledged while the clock ran.</summary>
    public long Messages { get; init; }

    public long Sent { get; init; }

    public long Acknowledged { get; init; }

    public long Received { get; init; }

    public long PayloadMismatches { get; init; }

    public double Seconds { get; init; }

    public double MessagesPerSecond { get; init; }

    public double? ServerCpuSecondsPerMillion { get; init; }

    public double? ClientCpuSecondsPerMillion { get; init; }

    public Percentiles? LatencyMilliseconds { get; init; }

    public Percentiles? AcknowledgementMilliseconds { get; init; }

    /// <summary>The same as <see cref="LatencyMilliseconds"/>, in the same run, before some became slow.</summary>
    public Percentiles? UndisturbedLatencyMilliseconds { get; init; }

    public long Lost { get; init; }

    public long Duplicated { get; init; }

    public long Reordered { get; init; }

    public long Gaps { get; init; }

    public long Contradicted { get; init; }

    public long Invented { get; init; }

    public long Refused { get; init; }

    public long? ResidentBytes { get; init; }

    public long? HeapBytes { get; init; }

    /// <summary>What the log took up on disk when the clock began to run.</summary>
    public long? LogBytes { get; init; }

    public double? AllocatedBytesPerMessage { get; init; }

    public double? GcPauseMilliseconds { get; init; }

    public double? MessagesPerCommit { get; init; }

    public double? LogBytesPerMessage { get; init; }

    public double? LoginsPerSecond { get; init; }

    public double? CpuMillisecondsPerLogin { get; init; }

    /// <summary>Logins of the run that were by token.</summary>
    public long? TokenLogins { get; init; }

    public double? ResidentBytesPerConnection { get; init; }

    public double? HeapBytesPerConnection { get; init; }

    /// <summary>CPU of the server that serves so many connections and nothing else, in cores.</summary>
    public double? IdleServerCores { get; init; }

    public double? StorePerSecond { get; init; }

    public double? DrainPerSecond { get; init; }

    public double? StoreCpuSecondsPerMillion { get; init; }

    public double? DrainCpuSecondsPerMillion { get; init; }

    public int? Kills { get; init; }

    public int? KillsWithUnacknowledged { get; init; }

    public long? LeastAcknowledgedPerKill { get; init; }

    public long? Resent { get; init; }

    public long? AnsweredDuplicate { get; init; }

    public Percentiles? RestartMilliseconds { get; init; }

    public int? Seed { get; init; }

    /// <summary>What the server's own account misses at the end; a server that ran before is not asked.</summary>
    public long? Unaccounted { get; init; }

    /// <summary>From start to serving, when little had passed through the server.</summary>
    public double? RestartBeforeMilliseconds { get; init; }

    /// <summary>The same at the end.</summary>
    public double? RestartAfterMilliseconds { get; init; }

    /// <summary>What the log may take on disk at any time.</summary>
    public long? LogBytesBound { get; init; }

    /// <summary>What cold files may take on disk at any time.</summary>
    public long? ColdBytesBound { get; init; }

    public long? Users { get; init; }

    public double? UsersAddedPerSecond { get; init; }

    /// <summary>Log behind the newest checkpoint, which the restarts of <see cref="RestartMilliseconds"/> followed.</summary>
    public long? ReplayedBytes { get; init; }

    /// <summary>The same where there was a fresh checkpoint.</summary>
    public long? CheckpointedReplayedBytes { get; init; }

    public Percentiles? CheckpointedRestartMilliseconds { get; init; }

    public long? CheckpointedResidentBytes { get; init; }

    /// <summary>Before the accounts were made.</summary>
    public long? FewUsersResidentBytes { get; init; }

    /// <summary>What an account costs: behind a checkpoint, so that nothing of a replay is in it.</summary>
    public double? ResidentBytesPerUser { get; init; }

    public IReadOnlyList<LoadSample>? Samples { get; init; }

    public IReadOnlyList<ConnectionSample>? ConnectionSamples { get; init; }

    public IReadOnlyList<LatencyPercentile>? LatencyDistribution { get; init; }

    public IReadOnlyList<LatencyPercentile>? AcknowledgementDistribution { get; init; }

    public IReadOnlyList<LoadSecond>? Series { get; init; }

    /// <summary>Why the run is red; empty: it is not.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public LoadReport With(Verdict verdict, IEnumerable<string> problems) => this with
    {
        Sent = verdict.Sent,
        Acknowledged = verdict.Acknowledged,
        Received = verdict.Received,
        PayloadMismatches = verdict.PayloadMismatches,
        Lost = verdict.Lost,
        Duplicated = verdict.Duplicated,
        Reordered = verdict.Reordered,
        Gaps = verdict.Gaps,
        Contradicted = verdict.Contradicted,
        Invented = verdict.Invented,
        Problems = [.. verdict.First is { } first ? [first.ToString()] : (string[])[], .. problems],
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>One line a value, as the JSON has it; a table of what is a list of objects there.</summary>
    public IEnumerable<string> Lines()
    {
        using var document = JsonDocument.Parse(ToJson());
        foreach (var property in document.RootElement.EnumerateObject())
        {
            // A line a second was shown while the run went on.
            if (property.Value.ValueKind == JsonValueKind.Array && property.Name is "series") continue;
            if (property.Value.ValueKind == JsonValueKind.Array && property.Value.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.Object))
            {
                yield return property.Name;
                foreach (var row in Rows(property.Value)) yield return row;
                continue;
            }

            yield return property.Value.ValueKind switch
            {
                JsonValueKind.Object => $"{property.Name,-28} " + string.Join("  ", property.Value.EnumerateObject().Select(one => $"{one.Name} {Rounded(one.Value)}")),
                JsonValueKind.Array => $"{property.Name,-28} " + string.Join("; ", property.Value.EnumerateArray().Select(one => one.ToString())),
                _ => $"{property.Name,-28} {Rounded(property.Value)}",
            };
        }
    }

    private static IEnumerable<string> Rows(JsonElement list)
    {
        const int Column = 18;
        yield return string.Concat(list[0].EnumerateObject().Select(one => one.Name.PadLeft(Column)));
        foreach (var row in list.EnumerateArray()) yield return string.Concat(row.EnumerateObject().Select(one => Rounded(one.Value).PadLeft(Column)));
    }

    private static string Rounded(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number.ToString("#,0.###", CultureInfo.InvariantCulture) : value.ToString();
}
