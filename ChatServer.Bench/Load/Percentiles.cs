using HdrHistogram;

namespace ChatServer.Bench.Load;

/// <summary>A distribution of times in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P90, double P99, double P999, double Max)
{
    private const double MicrosecondsPerMillisecond = 1_000;

    public static Percentiles Of(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0) return new Percentiles(0, 0, 0, 0, 0);
        double At(double percentile) => histogram.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond;
        return new Percentiles(At(50), At(90), At(99), At(99.9), histogram.GetMaxValue() / MicrosecondsPerMillisecond);
    }
}
