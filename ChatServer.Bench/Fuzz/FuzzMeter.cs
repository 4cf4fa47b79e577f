using System.Diagnostics;

namespace ChatServer.Bench.Fuzz;

/// <summary>Counts what the fuzzed code allocates and how long it takes, between <see cref="Start"/> and <see cref="Stop"/>, in sum.</summary>
internal sealed class FuzzMeter
{
    private long _allocatedBefore;
    private long _startedAt;

    public long Allocated { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public void Reset() => (Allocated, Elapsed) = (0, TimeSpan.Zero);

    public void Start()
    {
        _startedAt = Stopwatch.GetTimestamp();
        _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
    }

    public void Stop()
    {
        Allocated += GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore;
        Elapsed += Stopwatch.GetElapsedTime(_startedAt);
    }
}
