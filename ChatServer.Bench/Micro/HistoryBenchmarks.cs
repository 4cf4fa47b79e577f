using BenchmarkDotNet.Attributes;
using ChatServer.Bench.Checking;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The checker on the way of one message: sent, promised, delivered, kept, acknowledged; a hundred senders with a recipient each. Budget:
/// a microsecond for each of the five events, since a crash run of ten million messages has fifty million of them.
/// </summary>
[MemoryDiagnoser]
public class HistoryBenchmarks
{
    private const int Pairs = 100;
    private const int PerPair = 2_000;
    private const int EventsPerMessage = 5;

    private readonly HistoryNames _names = new();
    private readonly (int Sender, int Recipient, int Conversation)[] _pairs = new (int, int, int)[Pairs];

    [GlobalSetup]
    public void Setup()
    {
        for (var pair = 0; pair < Pairs; pair++)
        {
            var (from, to) = ($"from{pair}", $"to{pair}");
            _pairs[pair] = (_names.Device(from, "d"), _names.Device(to, "d"), _names.Direct(_names.User(from), _names.User(to)));
        }
    }

    [Benchmark(OperationsPerInvoke = Pairs * PerPair * EventsPerMessage)]
    public Verdict Event()
    {
        var checker = new HistoryChecker(_names);
        foreach (var (sender, recipient, conversation) in _pairs)
        {
            foreach (var device in (ReadOnlySpan<int>)[sender, recipient])
            {
                checker.Take(HistoryEvent.Member(conversation, _names.UserOf(device)));
                checker.Take(HistoryEvent.DeviceAdded(device, isDueAll: true));
                checker.Take(HistoryEvent.SessionOpened((ulong)device + 1, device, 0));
            }
        }

        for (ulong number = 1; number <= PerPair; number++)
        {
            foreach (var (sender, recipient, conversation) in _pairs)
            {
                checker.Take(HistoryEvent.Invoke(sender, number, conversation, number));
                checker.Take(HistoryEvent.Ok((ulong)sender + 1, sender, number, conversation, number, number, Durability.Disk));
                checker.Take(HistoryEvent.Delivered((ulong)recipient + 1, recipient, conversation, number, number - 1, sender, number, number, number, isKept: false));
                checker.Take(HistoryEvent.Kept(recipient, conversation, number));
                checker.Take(HistoryEvent.Receipt(recipient, conversation, number, 0));
            }
        }

        return checker.Judge() is { IsClean: true } verdict ? verdict : throw new InvalidOperationException("this history is clean");
    }
}
