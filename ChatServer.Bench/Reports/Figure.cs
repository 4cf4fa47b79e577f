namespace ChatServer.Bench.Reports;

/// <summary>One thing that a run measures.</summary>
/// <param name="Key">Its name in a report of <c>load</c>; a dot where the value is a part of another.</param>
/// <param name="Title">What it is, to somebody who has not seen the key.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Better">Which way it gets better.</param>
internal sealed record Figure(string Key, string Title, FigureUnit Unit, Better Better)
{
    public string Format(double value) => FigureText.Of(value, Unit);

    public string FormatWithUnit(double value) => FigureText.WithUnit(value, Unit);
}
