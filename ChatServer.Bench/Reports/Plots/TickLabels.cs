namespace ChatServer.Bench.Reports.Plots;

/// <summary>Which of an axis's names are written below a drawing, and where: those that would run into the one before are left out.</summary>
internal static class TickLabels
{
    /// <summary>Of the font in the style sheet, about: there is no font to measure by.</summary>
    public const double LetterWidth = 6.9;

    private const double Gap = 6;

    /// <summary>From left to right; the last may not stand out at the right edge.</summary>
    public static IEnumerable<(string Label, double X)> Fitting(IReadOnlyList<Tick> ticks, Func<double, double> at, double edge)
    {
        var taken = double.MinValue;
        foreach (var tick in ticks)
        {
            var half = tick.Label.Length * LetterWidth / 2;
            var x = Math.Min(at(tick.Value), edge - half);
            if (x - half < taken) continue;
            taken = x + half + Gap;
            yield return (tick.Label, x);
        }
    }
}
