using System.Buffers;
using BenchmarkDotNet.Attributes;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Bench.Micro;

/// <summary>
/// What upkeep takes from a loop between two drains: one piece of an image, and one piece of the search for those who are away. The
/// partition has as many users as one of 64 has in a shard of 6.4 million; a hundredth of them has 20 messages waiting.
/// </summary>
[MemoryDiagnoser]
public class UpkeepBenchmarks : IDisposable
{
    private const int Users = 100_000;
    private const int WaitingOf = 100;
    private const int Waiting = 20;

    private readonly Turn _turn = new() { Now = 1_764_000_000_123 };
    private readonly Section _section = new(0);
    private readonly MemoryCommitLog _log = new();
    private readonly Partition _partition;
    private readonly ArrayBufferWriter<byte> _piece = new(2 * Checkpointing.PieceBytes);
    private PartitionImage? _image;
    private SurvivorScan? _scan;
    private ulong _sections;

    public UpkeepBenchmarks() => _partition = new Partition(new PartitionState(0, new PartitionMap(1, 7), new CoreLimits()), _turn);

    [GlobalSetup]
    public void Setup()
    {
        var device = DeviceId.Parse("phone");
        for (var i = 0; i < Users; i++)
        {
            Drain(() => _partition.Open(new OpenRequest
            {
                Session = (ulong)i + 1, Correlation = 1, User = Named(i), Device = device, Instance = 1, Attempt = 1,
                WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = 1 << 20, RegisterPasswordHash = new byte[100], ExemptFromRates = true,
            }));
        }

        for (var i = 0; i < Users; i += WaitingOf)
        {
            Drain(() => _partition.Close((ulong)i + 1));
            for (var number = 1UL; number <= Waiting; number++)
            {
                Drain(() => _partition.Send((ulong)i + 2, 1, new SendRequest { To = Named(i), SendNumber = number, Settled = number - 1, ContentKind = 1, Payload = new byte[100] }));
            }
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _image?.End();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>64 KiB of the image.</summary>
    [Benchmark]
    public int TakePieceOfImage()
    {
        _piece.ResetWrittenCount();
        if (_image is null or { IsDone: true }) _image = PartitionImage.Begin(_partition.State, new ArrayBufferWriter<byte>());
        _image.Take(_piece, Checkpointing.PieceBytes);
        return _piece.WrittenCount;
    }

    /// <summary>2,000 steps over entries and conversations, all of them in what is to be freed.</summary>
    [Benchmark]
    public int TakePieceOfScan()
    {
        if (_scan is null or { IsDone: true }) _scan = new SurvivorScan(_partition.State, 0, static _ => true);
        _scan.Found.Clear();
        _scan.Take(Relocation.StepsPerPiece);
        return _scan.Found.Count;
    }

    private static UserId Named(int i) => UserId.Parse($"user{i}@example.org");

    private void Drain(Action input)
    {
        _section.Open(++_sections, 1, default);
        _partition.Section = _section;
        input();
        _partition.EndTurn();
        _section.Seal();
        _turn.Outputs.RestOn(0);
        _turn.Outputs.TryRelease(_log.Durable, static (in HeldOutputs.Released _) => { });
        _turn.Outputs.Clear();
        while (_partition.State.Bodies.TryTakeFreed(out _)) { } // the loop would forget their addresses
    }
}
