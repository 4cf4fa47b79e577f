namespace ChatServer.Bench.Reports;

/// <summary>One figure of two runs.</summary>
internal sealed record ComparedFigure(Figure Figure, double Before, double After)
{
    /// <summary>Less than that is noise on any machine, and not called better or worse.</summary>
    public const double NoiseRatio = 0.02;

    /// <summary>After to before; null where there was nothing before.</summary>
    public double? Ratio => Before != 0 ? After / Before : null;

    public Change Change
    {
        get
        {
            if (Figure.Better == Better.Neither) return Change.None;
            if (Math.Abs(After - Before) <= NoiseRatio * Math.Abs(Before)) return Change.Same;
            return After < Before == (Figure.Better == Better.Lower) ? Change.Better : Change.Worse;
        }
    }
}
