namespace ChatServer.Bench.Reports.Plots;

/// <summary>Which values a plot shows in one direction, where each of them stands, and which of them are named.</summary>
internal abstract class Axis(string title)
{
    /// <summary>More would run into each other at the width of a plot.</summary>
    protected const int TicksMax = 8;

    public string Title { get; } = title;

    /// <summary>In rising order, all of them between 0 and 1 of <see cref="Place"/>.</summary>
    public abstract IReadOnlyList<Tick> Ticks { get; }

    /// <summary>Where a value stands: 0 at the beginning of the axis, 1 at its end.</summary>
    public abstract double Place(double value);
}
