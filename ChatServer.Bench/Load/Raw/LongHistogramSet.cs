using HdrHistogram;

namespace ChatServer.Bench.Load.Raw;

/// <summary>The times of all generators together.</summary>
internal sealed class LongHistogramSet
{
    public LongHistogram EndToEnd { get; } = Latencies.New();

    public LongHistogram Acknowledgement { get; } = Latencies.New();

    public LongHistogram Login { get; } = Latencies.New();

    public void Add(GeneratorSample sample)
    {
        Latencies.Add(EndToEnd, sample.EndToEnd);
        Latencies.Add(Acknowledgement, sample.Acknowledgement);
        Latencies.Add(Login, sample.Login);
    }

    public void Add(LongHistogramSet other)
    {
        EndToEnd.Add(other.EndToEnd);
        Acknowledgement.Add(other.Acknowledgement);
        Login.Add(other.Login);
    }
}
