using System.Xml.Linq;

namespace ChatServer.Bench.Reports.Plots;

/// <summary>Draws a dot plot as inline SVG, in the manner of <see cref="SvgPlot"/>.</summary>
internal static class SvgDots
{
    private const double RowHeight = 26;
    private const double Left = 178;
    private const double Right = 76;
    private const double Top = 12;
    private const double Bottom = 34;
    private const double Width = SvgPlot.Width - Left - Right;

    public static XElement Draw(DotPlot plot)
    {
        var height = Top + (plot.Rows.Count * RowHeight) + Bottom;
        var axis = new LogAxis("", plot.Unit, plot.Rows.Select(row => row.Value));
        var svg = Tag.Of("svg", Tag.Class("plot"), Tag.At("viewBox", $"0 0 {SvgPlot.Width} {Tag.Number(height)}"), Tag.At("role", "img"), Tag.At("aria-label", plot.Title));
        foreach (var tick in axis.Ticks)
        {
            var x = Left + (axis.Place(tick.Value) * Width);
            svg.Add(Tag.Of("line", Tag.Class("grid"), Tag.At("x1", x), Tag.At("x2", x), Tag.At("y1", Top), Tag.At("y2", height - Bottom)));
        }

        foreach (var (label, x) in TickLabels.Fitting(axis.Ticks, value => Left + (axis.Place(value) * Width), SvgPlot.Width - 2)) svg.Add(Text(x, height - Bottom + 18, "middle", label, "tick"));

        for (var i = 0; i < plot.Rows.Count; i++)
        {
            var row = plot.Rows[i];
            var y = Top + ((i + 0.5) * RowHeight);
            var x = Left + (axis.Place(row.Value) * Width);
            var style = row.IsOwn ? "own" : "peer";
            svg.Add(Text(Left - 12, y + 4, "end", row.Name, row.IsOwn ? "name own" : "name"));
            if (!double.IsFinite(x)) continue;
            svg.Add(Tag.Of("line", Tag.Class($"reach {style}"), Tag.At("x1", Left), Tag.At("x2", x), Tag.At("y1", y), Tag.At("y2", y)));
            svg.Add(Tag.Of("circle", Tag.Class($"value {style}"), Tag.At("cx", x), Tag.At("cy", y), Tag.At("r", row.IsOwn ? 6 : 4.5)));
            svg.Add(Text(x + 11, y + 4, "start", FigureText.Of(row.Value, plot.Unit), row.IsOwn ? "name own" : "name"));
        }

        return svg;
    }

    private static XElement Text(double x, double y, string anchor, string text, string style) =>
        Tag.Of("text", Tag.Class(style), Tag.At("x", x), Tag.At("y", y), Tag.At("text-anchor", anchor), text);
}
