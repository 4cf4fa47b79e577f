namespace ChatServer.Bench.Reports.Matrix;

/// <summary>What is known of a row: every report of it that is kept.</summary>
internal sealed record MatrixResult(MatrixRow Row, IReadOnlyList<RunReport> Reports)
{
    /// <summary>
    /// The one in the middle by what a message cost, or by the row's first goal where it has no such cost; of two in the middle the
    /// dearer. A red run is never hidden by that: see <see cref="Red"/>. Null: there is none.
    /// </summary>
    public RunReport? Chosen
    {
        get
        {
            var key = Reports.Any(report => report.Value(Figures.CpuKey) is not null) || Row.Goals.Count == 0 ? Figures.CpuKey : Row.Goals[0].Key;
            var ordered = Reports.OrderBy(report => report.Value(key) ?? double.MaxValue).ToList();
            return ordered.Count == 0 ? null : ordered[ordered.Count / 2];
        }
    }

    public IReadOnlyList<RunReport> Red => [.. Reports.Where(report => !report.IsClean)];

    public IEnumerable<GoalOutcome> Goals => Row.Goals.Select(goal => new GoalOutcome(goal, Chosen?.Value(goal.Key)));
}
