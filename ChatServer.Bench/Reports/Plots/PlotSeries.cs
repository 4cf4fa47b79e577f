namespace ChatServer.Bench.Reports.Plots;

/// <summary>One line of a plot.</summary>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Few points are measurements of their own and are marked; many are a course.</summary>
    private const int MarkedMax = 20;

    public bool IsMarked => Points.Count <= MarkedMax;
}
