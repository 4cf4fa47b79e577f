using ChatServer.Bench.Checking;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Bench;

/// <summary>
/// A history in the making: alice with a phone and a pad, bob with a phone and a pad, carol who is nobody's business, all logged in.
/// Every short form says the ordinary thing; a test says what is not ordinary.
/// </summary>
internal sealed class RecordedHistory
{
    public const ulong ClosedSession = 99;

    private ulong _session;

    public RecordedHistory()
    {
        Checker = new HistoryChecker(Names);
        (Alice, Bob, Carol) = (Names.User("alice"), Names.User("bob"), Names.User("carol"));
        (Phone, Pad) = (Names.Device("alice", "phone"), Names.Device("alice", "pad"));
        (BobPhone, BobPad) = (Names.Device("bob", "phone"), Names.Device("bob", "pad"));
        CarolPhone = Names.Device("carol", "phone");
        Pair = Names.Direct(Alice, Bob);
        foreach (var user in (int[])[Alice, Bob]) Take(HistoryEvent.Member(Pair, user));
        foreach (var device in (int[])[Phone, Pad, BobPhone, BobPad, CarolPhone])
        {
            Take(HistoryEvent.DeviceAdded(device, isDueAll: true));
            Open(device);
        }
    }

    public HistoryNames Names { get; } = new();

    public HistoryChecker Checker { get; }

    public List<HistoryEvent> Events { get; } = [];

    public int Alice { get; }

    public int Bob { get; }

    public int Carol { get; }

    public int Phone { get; }

    public int Pad { get; }

    public int BobPhone { get; }

    public int BobPad { get; }

    public int CarolPhone { get; }

    public int Pair { get; }

    public Dictionary<int, ulong> Sessions { get; } = [];

    public RecordedHistory Take(in HistoryEvent e)
    {
        Events.Add(e);
        Checker.Take(e);
        return this;
    }

    public RecordedHistory Open(int device, ulong lastNumber = 0)
    {
        if (Sessions.Remove(device, out var session)) Take(HistoryEvent.SessionClosed(session, device));
        Sessions[device] = ++_session;
        return Take(HistoryEvent.SessionOpened(_session, device, lastNumber));
    }

    public RecordedHistory Invoke(int device, ulong number, ulong? hash = null) => Take(HistoryEvent.Invoke(device, number, Pair, hash ?? HashOf(device, number)));

    public RecordedHistory Ok(int device, ulong number, ulong sequence, ulong? time = null, Durability durability = Durability.Disk) =>
        Take(HistoryEvent.Ok(Sessions[device], device, number, Pair, sequence, time ?? 1_000 + sequence, durability));

    public RecordedHistory Fail(int device, ulong number, ErrorCode code = ErrorCode.Quota) => Take(HistoryEvent.Fail(Sessions[device], device, number, code));

    public RecordedHistory Delivered(int device, ulong sequence, int sender, ulong number, ulong? previous = null, ulong? hash = null, ulong? time = null, bool isKept = true) =>
        Take(HistoryEvent.Delivered(Sessions[device], device, Pair, sequence, previous ?? sequence - 1, sender, number, hash ?? HashOf(sender, number), time ?? 1_000 + sequence, isKept));

    public RecordedHistory Marks(int device, int user, ulong delivered, ulong read) => Take(HistoryEvent.Marks(Sessions[device], device, Pair, user, delivered, read));

    public RecordedHistory Receipt(int device, ulong delivered, ulong read) => Take(HistoryEvent.Receipt(device, Pair, delivered, read));

    /// <summary>A device sends its next messages, they are promised, and all others get them.</summary>
    public RecordedHistory Exchange(int sender, ulong firstNumber, ulong count, ulong firstSequence)
    {
        for (ulong i = 0; i < count; i++) Invoke(sender, firstNumber + i).Ok(sender, firstNumber + i, firstSequence + i);
        foreach (var device in ((int[])[Phone, Pad, BobPhone, BobPad]).Where(device => device != sender))
        {
            for (ulong i = 0; i < count; i++) Delivered(device, firstSequence + i, sender, firstNumber + i);
        }

        return this;
    }

    private static ulong HashOf(int device, ulong number) => ((ulong)device * 1_000_003) + number;
}
