namespace ChatServer.Bench.Reports.Plots;

/// <summary>From 0, or the least value where that is below, to the next round number above the greatest.</summary>
internal sealed class LinearAxis : Axis
{
    private const int StepsWanted = 5;
    private const double Kibi = 1024;

    private readonly double _from;
    private readonly double _to;

    public LinearAxis(string title, FigureUnit unit, IEnumerable<double> values) : base(title)
    {
        var (least, greatest) = (0.0, 0.0);
        foreach (var value in values) (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        if (least == greatest) greatest = 1;
        var step = StepOf(greatest - least, unit == FigureUnit.Bytes ? ScaleOf(Math.Max(greatest, -least)) : 1);
        _from = Math.Floor(least / step) * step;
        _to = Math.Ceiling(greatest / step) * step;
        Ticks = [.. from i in Enumerable.Range(0, (int)Math.Round((_to - _from) / step) + 1) let value = _from + (i * step) select new Tick(value, FigureText.Short(value, unit))];
    }

    public override IReadOnlyList<Tick> Ticks { get; }

    public override double Place(double value) => (value - _from) / (_to - _from);

    /// <summary>1, 2 or 5 with any number of zeros: what people count in.</summary>
    private static double StepOf(double range, double scale)
    {
        var raw = range / scale / StepsWanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var digit = (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        return digit * power * scale;
    }

    /// <summary>Round in the unit that the number is written in, so 512 MiB and not 500,000,000.</summary>
    private static double ScaleOf(double bytes)
    {
        var scale = 1.0;
        while (bytes / scale >= Kibi) scale *= Kibi;
        return scale;
    }
}
