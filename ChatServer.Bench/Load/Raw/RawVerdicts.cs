using System.Globalization;
using ChatServer.Bench.Checking;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Verdicts of several generators as one, and of two judges side by side.</summary>
internal static class RawVerdicts
{
    public static Verdict Sum(IEnumerable<Verdict> verdicts) => verdicts.Aggregate(static (a, b) => new Verdict
    {
        Sent = a.Sent + b.Sent,
        Acknowledged = a.Acknowledged + b.Acknowledged,
        Received = a.Received + b.Received,
        Lost = a.Lost + b.Lost,
        Duplicated = a.Duplicated + b.Duplicated,
        Reordered = a.Reordered + b.Reordered,
        PayloadMismatches = a.PayloadMismatches + b.PayloadMismatches,
        Gaps = a.Gaps + b.Gaps,
        Contradicted = a.Contradicted + b.Contradicted,
        Invented = a.Invented + b.Invented,
        FallenMarks = a.FallenMarks + b.FallenMarks,
        FalseMarks = a.FalseMarks + b.FalseMarks,
        Misdirected = a.Misdirected + b.Misdirected,
        Undrained = a.Undrained + b.Undrained,
        Redelivered = a.Redelivered + b.Redelivered,
        First = a.First ?? b.First,
    });

    /// <summary>The first count that two judges of one run have differently; null: there is none.</summary>
    public static string? Difference(Verdict driver, Verdict history)
    {
        foreach (var (name, one, other) in ((string, long, long)[])
            [
                ("sent", driver.Sent, history.Sent), ("acknowledged", driver.Acknowledged, history.Acknowledged),
                ("received", driver.Received, history.Received), ("lost", driver.Lost, history.Lost),
            ])
        {
            if (one != other) return string.Create(CultureInfo.InvariantCulture, $"{name} {one} and {other}");
        }

        return driver.IsClean == history.IsClean ? null : "one finds the run clean, the other does not";
    }
}
