using System.Globalization;

namespace ChatServer.Bench.Reports.Plots;

/// <summary>
/// Every further nine takes the same room, so that the slowest messages are as easy to see as the others. 100 % would be infinitely
/// far away: the slowest of all stands at the end, a step behind the last percentile that is named.
/// </summary>
internal sealed class PercentileAxis : Axis
{
    private const int NinesMax = 7;
    private const double Whole = 100;

    /// <summary>In nines, between the last that is named and the end.</summary>
    private const double MaximumStep = 0.6;

    private readonly double _length;

    public PercentileAxis(string title, IReadOnlyList<double> percentiles) : base(title)
    {
        var last = percentiles.Where(percentile => percentile < Whole).DefaultIfEmpty(0).Max();
        var nines = Math.Clamp(Math.Ceiling(Distance(last) - 1e-6), 1, NinesMax);
        var hasMaximum = percentiles.Any(percentile => percentile >= Whole);
        _length = hasMaximum ? nines + MaximumStep : nines;
        Ticks = [new Tick(0, "0"), new Tick(50, "50 %"), .. from nine in Enumerable.Range(1, (int)nines) select Nines(nine), .. hasMaximum ? (Tick[])[new Tick(Whole, "all")] : []];
    }

    public override IReadOnlyList<Tick> Ticks { get; }

    public override double Place(double value) => value >= Whole ? 1 : Math.Min(1, Distance(value) / _length);

    /// <summary>In nines: 0 at 0 %, 1 at 90 %, 2 at 99 %.</summary>
    private static double Distance(double percentile) => -Math.Log10(1 - (percentile / Whole));

    private static Tick Nines(int count)
    {
        // As text, not by a power of ten: 99.9 has no exact form, and 99.90000000000001 would be written out.
        var label = count switch { 1 => "90", 2 => "99", _ => "99." + new string('9', count - 2) };
        return new Tick(double.Parse(label, CultureInfo.InvariantCulture), label + " %");
    }
}
