namespace ChatServer.Bench.Load;

/// <summary>The server's memory with so many connections.</summary>
internal sealed record ConnectionSample(int Connections, long ResidentBytes, long? HeapBytes)
{
    /// <summary>Bytes that one connection more takes, by least squares through all samples.</summary>
    public static double Slope(IReadOnlyList<ConnectionSample> samples, Func<ConnectionSample, double> bytes)
    {
        var (meanX, meanY) = (samples.Average(sample => (double)sample.Connections), samples.Average(bytes));
        var square = samples.Sum(sample => (sample.Connections - meanX) * (sample.Connections - meanX));
        return square == 0 ? 0 : samples.Sum(sample => (sample.Connections - meanX) * (bytes(sample) - meanY)) / square;
    }
}
