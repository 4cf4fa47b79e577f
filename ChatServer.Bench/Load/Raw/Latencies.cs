using System.Diagnostics;
using HdrHistogram;
using HdrHistogram.Encoding;
using HdrHistogram.Utilities;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Histograms of microseconds, three digits, and how they go from process to process.</summary>
internal static class Latencies
{
    private const long HighestMicroseconds = 600_000_000;
    private const int Digits = 3;
    private const double MicrosecondsPerMillisecond = 1_000;

    private static readonly double[] Shown = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100];

    public static LongHistogram New() => new(1, HighestMicroseconds, Digits);

    public static long Microseconds(long since, long now) =>
        Math.Clamp((long)Stopwatch.GetElapsedTime(since, now).TotalMicroseconds, 1, HighestMicroseconds);

    /// <summary>As one word of text; empty when nothing was recorded. What was recorded is forgotten.</summary>
    public static string Take(LongHistogram histogram)
    {
        if (histogram.TotalCount == 0) return "";
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        var bytes = new byte[histogram.Encode(buffer, HistogramEncoderV2.Instance)];
        histogram.Reset();

        // The buffer keeps its array to itself.
        buffer.Position = 0;
        for (var i = 0; i < bytes.Length; i++) bytes[i] = buffer.Get();
        return Convert.ToBase64String(bytes);
    }

    public static void Add(LongHistogram to, string encoded)
    {
        if (encoded.Length == 0) return;
        to.Add(HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(encoded)), 0));
    }

    /// <summary>The whole distribution by some percentiles, up to 99.999 and the highest.</summary>
    public static IReadOnlyList<LatencyPercentile>? Distribution(LongHistogram histogram) => histogram.TotalCount == 0
        ? null
        : [.. Shown.Select(percentile => new LatencyPercentile(percentile, (percentile == 100 ? histogram.GetMaxValue() : histogram.GetValueAtPercentile(percentile)) / MicrosecondsPerMillisecond))];

    public static double? Milliseconds(LongHistogram histogram, double percentile) =>
        histogram.TotalCount == 0 ? null : histogram.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond;
}
