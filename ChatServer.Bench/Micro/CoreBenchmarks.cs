using BenchmarkDotNet.Attributes;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The core's step of one message, in a drain of 64: decided, logged into the section, applied, answered, pushed; then acknowledged by
/// the recipient and settled by the sender. Without sockets, frames and disk. Budget: a microsecond, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class CoreBenchmarks : IDisposable
{
    /// <summary>Messages in a drain.</summary>
    public const int Messages = 64;

    private const ulong Alice = 1;
    private const ulong Bob = 2;

    private readonly UserId _alice = UserId.Parse("alice@example.org");
    private readonly UserId _bob = UserId.Parse("bob@example.org");
    private readonly Turn _turn = new() { Now = 1_764_000_000_123 };
    private readonly Section _section = new(0);
    private readonly SectionAddress[] _address = new SectionAddress[1];
    private readonly HeldOutputs.Speaker _speaker;
    private readonly byte[] _payload = new byte[100];
    private MemoryCommitLog _log = new();
    private Partition _partition;
    private ulong _sections;
    private ulong _sent;
    private ulong _said;

    public CoreBenchmarks()
    {
        _partition = NewPartition(1);
        _speaker = (in HeldOutputs.Released _) => _said++;
    }

    /// <summary>Users that are registered and do nothing.</summary>
    [Params(2, 100_000)]
    public int Users { get; set; } = 2;

    [GlobalSetup]
    public void Setup()
    {
        _log.Dispose();
        _log = new MemoryCommitLog();
        _partition = NewPartition(1);
        BeginDrain();
        for (var i = 2; i < Users; i++)
        {
            _partition.AddUser(UserId.Parse($"user{i}@example.org"), [1], trusted: false);
            if (i % 100 != 0) continue;
            EndDrain();
            BeginDrain();
        }

        Open(_alice, Alice);
        Open(_bob, Bob);
        EndDrain();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the core said, so that nothing is optimised away: 2 outputs a message, and one of marks.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public ulong SendPushAcknowledgeSettle()
    {
        BeginDrain();
        var settled = _sent;
        for (var i = 0; i < Messages; i++)
        {
            _partition.Send(Alice, 77, new SendRequest { To = _bob, SendNumber = ++_sent, Settled = settled, ContentKind = 1, Payload = _payload });
        }

        EndDrain();
        BeginDrain();
        _partition.Receive(Bob, _alice, _sent, _sent);
        _partition.AcknowledgeMarks(Alice, ulong.MaxValue);
        EndDrain();
        return _said;
    }

    private Partition NewPartition(int partitions) => new(new PartitionState(0, new PartitionMap(partitions, 7), new CoreLimits()), _turn);

    private void Open(UserId user, ulong session) => _partition.Open(new OpenRequest
    {
        Session = session, Correlation = 1, User = user, Device = DeviceId.Parse("phone"), Instance = session, Attempt = 1,
        WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = 1 << 20, RegisterPasswordHash = [1], ExemptFromRates = true,
    });

    private void BeginDrain()
    {
        _section.Open(++_sections, 1, default);
        _partition.Section = _section;
    }

    // As the loop does, but that the batch is durable at once and leaves no copy.
    private void EndDrain()
    {
        _partition.EndTurn();
        _section.Seal();
        _turn.Outputs.RestOn(0);
        _turn.Outputs.TryRelease(_log.Durable, _speaker);
        _turn.Outputs.Clear();
        while (_partition.State.Bodies.TryTakeFreed(out _)) { } // the loop would forget their addresses
    }
}
