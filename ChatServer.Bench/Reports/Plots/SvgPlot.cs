using System.Text;
using System.Xml.Linq;

namespace ChatServer.Bench.Reports.Plots;

/// <summary>
/// Draws a plot as inline SVG. Text stays text and takes the font of the page, colours and dashes are classes of the page's style sheet:
/// so one drawing is right in light, in dark and on paper, and on a machine that has no fonts.
/// </summary>
internal static class SvgPlot
{
    public const int Width = 640;

    /// <summary>So many series have a colour and a dash of their own; what comes after begins again.</summary>
    public const int SeriesStyles = 6;

    private const double Height = 310;
    private const double Left = 72;
    private const double Right = 26;
    private const double Top = 46;
    private const double Bottom = 50;

    private const double PlotWidth = Width - Left - Right;
    private const double PlotHeight = Height - Top - Bottom;

    /// <summary>A line has no more points than that; of many the least and the greatest of each stretch are kept, so that no peak is lost.</summary>
    private const int PointsMax = 600;

    public static XElement Draw(Plot plot)
    {
        var svg = Tag.Of("svg", Tag.Class("plot"), Tag.At("viewBox", $"0 0 {Width} {Tag.Number(Height)}"), Tag.At("role", "img"), Tag.At("aria-label", plot.Title));
        DrawFrame(svg, plot);
        for (var i = 0; i < plot.Series.Count; i++) DrawSeries(svg, plot, plot.Series[i], $"s{i % SeriesStyles}");
        DrawLegend(svg, plot);
        return svg;
    }

    private static void DrawFrame(XElement svg, Plot plot)
    {
        foreach (var tick in plot.Y.Ticks)
        {
            var y = YAt(plot, tick.Value);
            svg.Add(Tag.Of("line", Tag.Class("grid"), Tag.At("x1", Left), Tag.At("x2", Left + PlotWidth), Tag.At("y1", y), Tag.At("y2", y)));
            svg.Add(Text(Left - 8, y + 4, "end", tick.Label));
        }

        foreach (var tick in plot.X.Ticks)
        {
            var x = XAt(plot, tick.Value);
            svg.Add(Tag.Of("line", Tag.Class("grid"), Tag.At("x1", x), Tag.At("x2", x), Tag.At("y1", Top), Tag.At("y2", Top + PlotHeight)));
        }

        foreach (var (label, x) in TickLabels.Fitting(plot.X.Ticks, value => XAt(plot, value), Width - 2)) svg.Add(Text(x, Top + PlotHeight + 18, "middle", label));

        svg.Add(Tag.Of("path", Tag.Class("axis"), Tag.At("d", $"M{Left} {Top}V{Top + PlotHeight}H{Left + PlotWidth}")));
        svg.Add(Text(Left + (PlotWidth / 2), Height - 10, "middle", plot.X.Title, "title"));
        svg.Add(Text(4, Top - 16, "start", plot.Y.Title, "title"));
    }

    private static void DrawSeries(XElement svg, Plot plot, PlotSeries series, string style)
    {
        List<(double X, double Y)> points = [.. Thinned(series.Points).Select(point => (XAt(plot, point.X), YAt(plot, point.Y))).Where(point => double.IsFinite(point.Item1) && double.IsFinite(point.Item2))];
        if (points.Count == 0) return;
        var path = new StringBuilder();
        foreach (var (x, y) in points) path.Append(path.Length == 0 ? 'M' : 'L').Append(Tag.Number(x)).Append(' ').Append(Tag.Number(y));
        if (points.Count > 1) svg.Add(Tag.Of("path", Tag.Class($"line {style}"), Tag.At("d", path.ToString())));
        if (!series.IsMarked) return;
        foreach (var (x, y) in points) svg.Add(Tag.Of("circle", Tag.Class($"dot {style}"), Tag.At("cx", x), Tag.At("cy", y), Tag.At("r", 3.2)));
    }

    private static void DrawLegend(XElement svg, Plot plot)
    {
        if (plot.Series.Count < 2) return;
        const double Sample = 22;
        const double Gap = 18;
        var x = Left + PlotWidth - plot.Series.Sum(series => Sample + 6 + (series.Name.Length * TickLabels.LetterWidth)) - ((plot.Series.Count - 1) * Gap);
        for (var i = 0; i < plot.Series.Count; i++)
        {
            svg.Add(Tag.Of("path", Tag.Class($"line s{i % SeriesStyles}"), Tag.At("d", $"M{Tag.Number(x)} {Top - 34}h{Sample}")));
            svg.Add(Text(x + Sample + 6, Top - 30, "start", plot.Series[i].Name));
            x += Sample + 6 + (plot.Series[i].Name.Length * TickLabels.LetterWidth) + Gap;
        }
    }

    private static XElement Text(double x, double y, string anchor, string text, string style = "tick") =>
        Tag.Of("text", Tag.Class(style), Tag.At("x", x), Tag.At("y", y), Tag.At("text-anchor", anchor), text);

    private static double XAt(Plot plot, double value) => Left + (plot.X.Place(value) * PlotWidth);

    private static double YAt(Plot plot, double value) => Top + PlotHeight - (plot.Y.Place(value) * PlotHeight);

    private static IEnumerable<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= PointsMax) return points;
        var stretch = (int)Math.Ceiling(2.0 * points.Count / PointsMax);
        return points.Chunk(stretch).SelectMany(part => ((IEnumerable<(double X, double Y)>)[part.MinBy(point => point.Y), part.MaxBy(point => point.Y)]).OrderBy(point => point.X));
    }
}
