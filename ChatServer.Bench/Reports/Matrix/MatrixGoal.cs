namespace ChatServer.Bench.Reports.Matrix;

/// <summary>What a figure of a run should come to. Which way it is to be bettered is the figure's own.</summary>
/// <param name="Key">Its key in the report.</param>
/// <param name="Bound">At most that where less is better, at least that where more is.</param>
internal sealed record MatrixGoal(string Key, double Bound)
{
    public Figure Figure => Figures.Of(Key);

    public string Text => Bound == 0 ? Figure.FormatWithUnit(0) : $"{(Figure.Better == Better.Higher ? "≥" : "≤")} {Figure.FormatWithUnit(Bound)}";
}
