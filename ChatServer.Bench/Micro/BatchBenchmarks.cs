using BenchmarkDotNet.Attributes;
using ChatServer.Storage;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The framing of a batch of 64 records, which lie in one section or in many: copied behind a head, and the head's hash over theirs.
/// Sealing is not in it; that is <see cref="LogBenchmarks.FillAndSeal"/>. Budget: 20 ns a record, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Records = 64;
    private const int BodyBytes = 200;

    private Section[] _sections = [];
    private SectionAddress[] _addresses = [];
    private byte[] _envelope = [];

    /// <summary>Partitions that take part.</summary>
    [Params(1, 8, 64)]
    public int Sections { get; set; } = 8;

    [GlobalSetup]
    public void Setup()
    {
        var body = new byte[BodyBytes];
        new Random(1).NextBytes(body);
        _sections = [.. Enumerable.Range(0, Sections).Select(id => Filled(id, body))];
        _addresses = new SectionAddress[Sections];
        _envelope = new byte[BatchFrame.Length(_sections)];
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public UInt128 Write() => BatchFrame.Write(_envelope, 1, default, default, _sections, _addresses, 0);

    private Section Filled(int id, byte[] body)
    {
        var section = new Section(id);
        section.Open(1, 1, 0);
        for (var i = 0; i < Records / Sections; i++) section.Append(1, 1, body);
        section.Seal();
        return section;
    }
}
