namespace ChatServer.Bench.Reports.Matrix;

/// <summary>A goal beside what was measured.</summary>
/// <param name="Goal">What was asked.</param>
/// <param name="Measured">Null: nothing was.</param>
internal sealed record GoalOutcome(MatrixGoal Goal, double? Measured)
{
    /// <summary>A fraction of a byte a message is what the clock and the metrics of a server allocate by themselves.</summary>
    private const double ByteRounding = 0.5;

    public bool IsReached => Measured is { } measured && (Goal.Figure.Better == Better.Higher ? measured >= Goal.Bound : measured <= Allowed);

    /// <summary>By what the measured value has to be bettered to be the goal; below 1 it is better than that. Null where there is none: a goal of 0 has no ratio.</summary>
    public double? Factor
    {
        get
        {
            if (Measured is not { } measured || Goal.Bound == 0) return null;
            if (Goal.Figure.Better != Better.Higher) return measured / Goal.Bound;
            return measured == 0 ? null : Goal.Bound / measured;
        }
    }

    public string Text => (Measured, IsReached, Factor) switch
    {
        (null, _, _) => "not measured",
        (_, true, { } factor and > 0) => $"reached, {FigureText.Number(1 / factor)} times better",
        (_, true, _) => "reached",
        (_, false, { } factor) => $"**missed by a factor of {FigureText.Number(factor)}**",
        _ => "**missed**",
    };

    private double Allowed => Goal is { Bound: 0, Figure.Unit: FigureUnit.Bytes } ? ByteRounding : Goal.Bound;
}
