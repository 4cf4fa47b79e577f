namespace ChatServer.Bench.Reports.Plots;

/// <summary>Equal ratios are equally far apart. For values above 0 only: others have no place.</summary>
internal sealed class LogAxis : Axis
{
    /// <summary>Up to so many decades every 1, 2 and 5 is named, not only the powers.</summary>
    private const double DecadesWithDigits = 2.2;

    private readonly double _from;
    private readonly double _to;

    public LogAxis(string title, FigureUnit unit, IEnumerable<double> values) : base(title)
    {
        double[] above = [.. values.Where(value => value > 0)];
        if (above.Length == 0) above = [1];
        var steps = unit == FigureUnit.Bytes ? Binary(above.Min(), above.Max()) : Decimal(above.Min(), above.Max());
        (_from, _to) = (Math.Log(steps[0]), Math.Log(steps[^1]));
        Ticks = [.. steps.Select(value => new Tick(value, FigureText.Short(value, unit)))];
    }

    public override IReadOnlyList<Tick> Ticks { get; }

    public override double Place(double value) => (Math.Log(value) - _from) / (_to - _from);

    private static List<double> Decimal(double least, double greatest)
    {
        var digits = Math.Log10(greatest / least) <= DecadesWithDigits ? (double[])[1, 2, 5] : [1];
        var first = (int)Math.Floor(Math.Log10(least));
        var last = (int)Math.Ceiling(Math.Log10(greatest)) + 1;
        return Around(least, greatest, [.. from power in Enumerable.Range(first, last - first + 1) from digit in digits select digit * Math.Pow(10, power)]);
    }

    private static List<double> Binary(double least, double greatest)
    {
        var first = (int)Math.Floor(Math.Log2(least));
        var last = (int)Math.Ceiling(Math.Log2(greatest)) + 1;
        // Twice, four, 32 or 1,024 times as much: steps that stay round in KiB, MiB and GiB.
        var step = (last - first) switch { <= TicksMax => 1, <= 2 * TicksMax => 2, <= 5 * TicksMax => 5, _ => 10 };
        first -= ((first % step) + step) % step;
        return Around(least, greatest, [.. from i in Enumerable.Range(0, ((last - first) / step) + 2) select Math.Pow(2, first + (i * step))]);
    }

    /// <summary>The steps from the last at or below the least value to the first at or above the greatest; thinned out where they are many.</summary>
    private static List<double> Around(double least, double greatest, List<double> steps)
    {
        const double Rounding = 1e-9;
        var from = steps.FindLastIndex(step => step <= least * (1 + Rounding));
        var to = steps.FindIndex(step => step >= greatest * (1 - Rounding));
        if (to <= from) to = from + 1;
        var chosen = steps[from..(to + 1)];
        var every = (chosen.Count + TicksMax - 1) / TicksMax;
        return every == 1 ? chosen : [.. chosen.Where((_, i) => i % every == 0), .. (chosen.Count - 1) % every == 0 ? (double[])[] : [chosen[^1]]];
    }
}
