namespace ChatServer.Bench.Reports;

/// <summary>How much a value grows with another, by least squares over all points.</summary>
internal static class Slope
{
    public static double Of(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        var across = points.Sum(point => (point.X - x) * (point.X - x));
        return across == 0 ? 0 : points.Sum(point => (point.X - x) * (point.Y - y)) / across;
    }
}
