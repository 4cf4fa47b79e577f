namespace ChatServer.Bench.Reports;

/// <summary>Two runs beside each other: every figure that both have.</summary>
internal sealed class Comparison(RunReport before, RunReport after)
{
    public RunReport Before { get; } = before;

    public RunReport After { get; } = after;

    public IReadOnlyList<ComparedFigure> Figures { get; } =
    [
        .. from figure in before.FiguresHere()
           let value = after.Value(figure.Key)
           where value is not null
           select new ComparedFigure(figure, before.Values[figure.Key], value.Value),
    ];

    /// <summary>Why the two measure different things; null: they do not.</summary>
    public string? Difference
    {
        get
        {
            if (Before.Workload != After.Workload) return $"different workloads: {Before.Workload} and {After.Workload}";
            return Before.Configuration != After.Configuration ? $"different configurations: '{Before.Configuration}' and '{After.Configuration}'" : null;
        }
    }

    /// <summary>What may make a ratio mean nothing, though the run is the same.</summary>
    public string? Doubt => Before.Machine != After.Machine ? $"measured on different machines: '{Before.Machine}' and '{After.Machine}'" : null;
}
