using BenchmarkDotNet.Attributes;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The whole server without sockets, disk and clock, a message: Send in, Sent and Message out, Receipt in, Marks out, Receipt in. The
/// clients' part is in it: three frames written and three read. Budget: five microseconds, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class LoopBenchmarks : IDisposable
{
    /// <summary>Messages of one round.</summary>
    public const int Messages = 1_000;

    private MemoryShard? _shard;

    /// <summary>Users who are logged in; the fewer they are, the more each of them says at once.</summary>
    [Params(100, 500)]
    public int Users { get; set; } = 500;

    [GlobalSetup]
    public void Setup() => _shard = new MemoryShard(Users);

    [GlobalCleanup]
    public void Dispose()
    {
        _shard?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public ulong SendPushAcknowledge() => _shard?.Exchange(Messages / Users) ?? 0;
}
