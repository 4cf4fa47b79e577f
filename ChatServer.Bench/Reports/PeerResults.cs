using System.Text.Json;

namespace ChatServer.Bench.Reports;

/// <summary>What other servers did on the same machine, as the peer harness wrote it.</summary>
internal sealed class PeerResults
{
    public static readonly PeerResults None = new([]);

    private readonly IReadOnlyList<PeerRow> _rows;

    private PeerResults(IReadOnlyList<PeerRow> rows) => _rows = rows;

    /// <exception cref="IOException">There is no such directory, or nothing of the harness in it.</exception>
    public static PeerResults Read(string? directory)
    {
        if (directory is null) return None;
        if (!Directory.Exists(directory)) throw new IOException($"{directory}: there is no such directory");
        try
        {
            List<PeerRow> rows = [.. Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal).SelectMany(file => Parse(File.ReadAllText(file)))];
            return rows.Count > 0 ? new PeerResults(rows) : throw new IOException($"{directory}: no results of the peer harness");
        }
        catch (JsonException e)
        {
            throw new IOException($"{directory}: {e.Message}", e);
        }
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IEnumerable<PeerRow> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("driver", out _) || !root.TryGetProperty("rows", out var rows) || rows.ValueKind != JsonValueKind.Array) return [];
        // A run that failed half-way has rows that cannot be told from good ones.
        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String) return [];
        return [.. rows.EnumerateArray().Select(row => new PeerRow(Text(root, "driver"), Text(root, "version"), Text(root, "durability"), Text(root, "workload"), Text(row, "case"), Numbers(row)))];
    }

    /// <summary>
    /// What each peer reached at what a run of ours did, in our words; several cases of a peer are put together. The best by the first
    /// figure comes first.
    /// </summary>
    public IReadOnlyList<PeerRow> Like(RunReport report)
    {
        var cases = PeerCase.Of(report);
        if (cases.Count == 0) return [];
        var first = Figures.Of(cases[0].Keys[0].Key);
        var sign = first.Better == Better.Higher ? -1 : 1;
        var rows =
            from row in _rows
            from one in cases
            where one.IsOf(row)
            group (row, one) by row.Driver into peer
            select peer.First().row with { Values = Together(peer.SelectMany(part => part.one.Translate(part.row))) };
        return [.. rows.OrderBy(row => row.Values.TryGetValue(first.Key, out var value) ? sign * value : double.MaxValue)];
    }

    /// <summary>The later case has the last word: what a kill lost is more than what a quiet end lost.</summary>
    private static Dictionary<string, double> Together(IEnumerable<(string Key, double Value)> values)
    {
        var together = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, value) in values) together[key] = value;
        return together;
    }

    private static string Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static Dictionary<string, double> Numbers(JsonElement row)
    {
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var property in row.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out var number)) numbers[property.Name] = number;
        }

        return numbers;
    }
}
