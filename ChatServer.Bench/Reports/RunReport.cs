using System.Globalization;
using System.Text.Json;

namespace ChatServer.Bench.Reports;

/// <summary>
/// A report of <c>load</c> as a file has it. Read by its keys alone, so that reports of other versions stay readable: what is unknown
/// is passed over, what is not there is not shown.
/// </summary>
internal sealed class RunReport
{
    private readonly JsonElement _root;

    private RunReport(string name, JsonElement root)
    {
        Name = Text(root, "row") is { Length: > 0 } row ? row : name;
        _root = root;
        Values = Measured(root);
        Problems = [.. Items(root, "problems").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString() ?? "")];
    }

    /// <summary>The row of the matrix that it belongs to, or its file's name.</summary>
    public string Name { get; }

    public string Workload => Text(_root, "workload");

    public string Configuration => Text(_root, "configuration");

    public string Machine => Text(_root, "machine");

    public string Server => Text(_root, "server");

    public string Commit => Text(_root, "commit");

    public string StartedAt => Text(_root, "startedAt");

    /// <summary>The line that made it, where whoever ran it wrote it down.</summary>
    public string Command => Text(_root, "command");

    /// <summary>The key of what the runs around this one differ in, where it is a point of a curve.</summary>
    public string Curve => Text(_root, "curve");

    /// <summary>Every number that is not in a list; a part of a value is named behind a dot.</summary>
    public IReadOnlyDictionary<string, double> Values { get; }

    public IReadOnlyList<string> Problems { get; }

    /// <summary>Faults of which there was one or more.</summary>
    public IEnumerable<Figure> Faults => Figures.Faults.Where(fault => Values.TryGetValue(fault.Key, out var count) && count != 0);

    public bool IsClean => Problems.Count == 0 && !Faults.Any();

    /// <exception cref="IOException">There is no such file, or it is no report.</exception>
    public static RunReport Read(string path)
    {
        try
        {
            return Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path));
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    /// <exception cref="JsonException">It is no report.</exception>
    public static RunReport Parse(string name, string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object || Text(document.RootElement, "workload").Length == 0) throw new JsonException("no report of a load: it names no workload");
        return new RunReport(name, document.RootElement.Clone());
    }

    public double? Value(string key) => Values.TryGetValue(key, out var value) ? value : null;

    /// <summary>The figures that it has, those that are known first.</summary>
    public IEnumerable<Figure> FiguresHere() =>
        [.. Figures.All.Where(figure => Values.ContainsKey(figure.Key)), .. Values.Keys.Select(Figures.Of).Where(figure => !Figures.All.Contains(figure))];

    /// <summary>Points of a list of objects; those that lack one of the two are left out.</summary>
    public IReadOnlyList<(double X, double Y)> Points(string list, string x, string y) =>
        [.. from item in Items(_root, list) let at = Number(item, x) let value = Number(item, y) where at is not null && value is not null select (at.Value, value.Value)];

    /// <summary>
    /// Percentiles, from 0 to 100, and their milliseconds; where the report has no distribution, the few points of its summary,
    /// without the maximum, of which nobody knows at which percentile it stands.
    /// </summary>
    public IReadOnlyList<(double X, double Y)> Distribution(string list, string summary)
    {
        var points = Points(list, "percentile", "milliseconds");
        if (points.Count > 0) return points;
        return [.. from part in ((string Key, double At)[])[("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9)] let value = Value($"{summary}.{part.Key}") where value is not null select (part.At, value.Value)];
    }

    /// <summary>Where no message was sent, a rate and a cost of 0 are no results.</summary>
    private static Dictionary<string, double> Measured(JsonElement root)
    {
        var values = new Dictionary<string, double>(Numbers(root), StringComparer.Ordinal);
        if (values.GetValueOrDefault("sent") > 0 || values.GetValueOrDefault("messages") > 0) return values;
        foreach (var key in (string[])[Figures.RateKey, Figures.CpuKey]) if (values.GetValueOrDefault(key) == 0) values.Remove(key);
        return values;
    }

    private static IEnumerable<KeyValuePair<string, double>> Numbers(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (Number(property.Value) is { } value) yield return KeyValuePair.Create(property.Name, value);
            if (property.Value.ValueKind != JsonValueKind.Object) continue;
            foreach (var part in property.Value.EnumerateObject())
            {
                if (Number(part.Value) is { } inner) yield return KeyValuePair.Create($"{property.Name}.{part.Name}", inner);
            }
        }
    }

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private static double? Number(JsonElement item, string key) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(key, out var value) ? Number(value) : null;

    private static string Text(JsonElement root, string key) => root.TryGetProperty(key, out var value) ? value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        _ => "",
    } : "";

    private static List<JsonElement> Items(JsonElement root, string key) =>
        root.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
}
