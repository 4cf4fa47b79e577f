using System.Globalization;
using BenchmarkDotNet.Attributes;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The core's step of a message among the 64 partitions of a loop: decided where the conversation lives, by lanes, in a drain that ends
/// as one batch; then acknowledged by the recipient and settled by the sender. Without frames, sockets and disk. Budget: three
/// microseconds, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class DrainBenchmarks : IDisposable
{
    /// <summary>Messages of one round.</summary>
    public const int Messages = 1_000;

    private const int Partitions = 64;
    private const int Others = 4;

    private readonly ForgetfulCommitLog _log = new();
    private readonly Turn _turn = new() { Now = 1_764_000_000_123 };
    private readonly PartitionMap _map = new(Partitions, 42);
    private readonly byte[] _payload = new byte[100];
    private readonly LoopPartitions _partitions;
    private readonly HeldOutputs.Speaker _speaker;
    private readonly Action<Mail.Lane> _sendToOtherLoop = static _ => throw new InvalidOperationException("there is one loop");
    private readonly Action<int, int, ulong> _tellApplied;
    private UserId[] _users = [];
    private ulong[] _answered = [];
    private ulong[] _marks = [];
    private (UserId From, ulong UpTo)[] _received = [];
    private ulong _said;
    private int _rounds;

    public DrainBenchmarks()
    {
        var slots = new PartitionSlot[Partitions];
        for (var id = 0; id < Partitions; id++) slots[id] = new PartitionSlot(new Partition(new PartitionState(id, _map, new CoreLimits()), _turn), _log);
        _partitions = new LoopPartitions(_log, _turn, slots, 0);
        _speaker = Speak;
        _tellApplied = _partitions.Hear;
    }

    /// <summary>Users who are logged in; the fewer they are, the more each of them says at once.</summary>
    [Params(100, 500)]
    public int Users { get; set; } = 500;

    [GlobalSetup]
    public void Setup()
    {
        (_answered, _marks, _received) = (new ulong[Users], new ulong[Users], new (UserId, ulong)[Users]);
        _users = [.. Enumerable.Range(0, Users).Select(i => UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"user{i}@example.org")))];
        for (var i = 0; i < Users; i++)
        {
            Home(i).Open(new OpenRequest
            {
                Session = (ulong)i + 1, Correlation = 1, User = _users[i], Device = DeviceId.Parse("phone"), Instance = 1, Attempt = 1,
                WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = 1 << 20, RegisterPasswordHash = [1], ExemptFromRates = true,
            });
        }

        EndDrain();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the core said so far: answers, messages and marks.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public ulong SendPushAcknowledgeSettle()
    {
        var distance = 1 + (_rounds++ % Others);
        for (var i = 0; i < Users; i++)
        {
            var (home, answered) = (Home(i), _answered[i]);
            for (var message = 1; message <= Messages / Users; message++)
            {
                home.Send((ulong)i + 1, 77, new SendRequest
                {
                    To = _users[(i + distance) % Users], SendNumber = answered + (ulong)message, Settled = answered, ContentKind = 1, Payload = _payload,
                });
            }
        }

        EndDrain();
        for (var i = 0; i < Users; i++)
        {
            var (home, session) = (Home(i), (ulong)i + 1);
            home.Receive(session, _received[i].From, _received[i].UpTo, _received[i].UpTo);
            home.AcknowledgeMarks(session, _marks[i]);
            home.Settle(session, _answered[i]);
        }

        EndDrain();
        return _said;
    }

    private Partition Home(int user) => _partitions.Enter(_map.Of(_users[user]));

    // As the loop does, and a commit that takes no time. Lanes that are left go on in the next drain.
    private void EndDrain()
    {
        do
        {
            if (!_partitions.TryEndDrain(_sendToOtherLoop, _tellApplied)) throw new InvalidOperationException("the log refuses nothing");
        }
        while (_partitions.HasEntered || _partitions.HasWanted);

        _log.CompleteCommit();
        _partitions.Release(_speaker);
        _partitions.LetGo(1 << 26);
        _partitions.Tick();
    }

    private void Speak(in HeldOutputs.Released released)
    {
        ref readonly var said = ref released.Output;
        var user = said.Session - 1;
        switch (said.Kind)
        {
            case OutputKind.Sent: _answered[user] = said.First; break;
            case OutputKind.Message: _received[user] = (said.User, said.First); break;
            case OutputKind.Marks: _marks[user] = said.First; break;
            case OutputKind.Welcome or OutputKind.CaughtUp: break;
            default: throw new InvalidOperationException($"an output of kind {said.Kind}");
        }

        _said++;
    }
}
