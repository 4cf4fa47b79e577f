namespace ChatServer.Tests.Faults;

/// <summary>How often what came out of what.</summary>
internal sealed class FaultTally
{
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _rows = new(StringComparer.Ordinal);

    public int Total => _rows.Values.Sum(row => row.Values.Sum());

    public void Count(string row, string outcome)
    {
        if (!_rows.TryGetValue(row, out var outcomes)) _rows.Add(row, outcomes = new(StringComparer.Ordinal));
        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
    }

    public int Of(string outcome) => _rows.Values.Sum(row => row.GetValueOrDefault(outcome));

    /// <summary>A table: a row a line, a column an outcome.</summary>
    public IEnumerable<string> Lines()
    {
        var outcomes = _rows.Values.SelectMany(row => row.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        var width = Math.Max(4, _rows.Keys.Max(row => row.Length));
        yield return "".PadRight(width) + string.Concat(outcomes.Select(outcome => "  " + outcome));
        foreach (var (row, counts) in _rows)
            yield return row.PadRight(width) + string.Concat(outcomes.Select(outcome => "  " + counts.GetValueOrDefault(outcome).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(outcome.Length)));
    }
}
