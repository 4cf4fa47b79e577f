using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Checking;

/// <summary>
/// One recorded fact: 64 bytes, no reference, nothing allocated. Who and what are the numbers that <see cref="HistoryNames"/> gives.
/// Made by the methods that are named like the kinds; a kind uses only the values that its method takes.
/// </summary>
public readonly record struct HistoryEvent
{
    // Shared by values that no kind uses together, or an event would be half as large again.
    private readonly int _other;
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly byte _detail;

    public HistoryKind Kind { get; internal init; }

    /// <summary>Whose event it is.</summary>
    public int Device { get; internal init; }

    public int Conversation { get; internal init; }

    /// <summary>A number of the connection, never used for another one.</summary>
    public ulong Session { get; internal init; }

    /// <summary>A send number; of an opened session the last that the server knows of the device.</summary>
    public ulong Number { get; internal init; }

    /// <summary>Of the content: equal for equal bytes.</summary>
    public ulong Hash { get; internal init; }

    /// <summary>The server's time of an entry's place; 0: not recorded.</summary>
    public ulong Time { get; internal init; }

    /// <summary>Why something was refused or ended.</summary>
    public ErrorCode Code { get; internal init; }

    /// <summary>Whose mark, or who is a member.</summary>
    public int User
    {
        get => _other;
        internal init => _other = value;
    }

    /// <summary>The device that sent what was delivered.</summary>
    public int Sender
    {
        get => _other;
        internal init => _other = value;
    }

    /// <summary>Which queue or which fault.</summary>
    public int Name
    {
        get => _other;
        internal init => _other = value;
    }

    /// <summary>The place in the conversation.</summary>
    public ulong Sequence
    {
        get => _first;
        internal init => _first = value;
    }

    /// <summary>The entry that was pushed before this one; of the first in a session, how far the server knows the device.</summary>
    public ulong Previous
    {
        get => _second;
        internal init => _second = value;
    }

    public ulong DeliveredUpTo
    {
        get => _first;
        internal init => _first = value;
    }

    public ulong ReadUpTo
    {
        get => _second;
        internal init => _second = value;
    }

    /// <summary>How much was in the queue.</summary>
    public ulong Value
    {
        get => _first;
        internal init => _first = value;
    }

    /// <summary>How much may be in the queue.</summary>
    public ulong Limit
    {
        get => _second;
        internal init => _second = value;
    }

    public Durability Durability
    {
        get => (Durability)_detail;
        internal init => _detail = (byte)value;
    }

    /// <summary>Whether the application has taken a delivered entry for good with its arrival.</summary>
    public bool IsKept
    {
        get => _detail != 0;
        internal init => _detail = value ? (byte)1 : (byte)0;
    }

    /// <summary>Whether a new device is due also what was sent before it: a user's first.</summary>
    public bool IsDueAll
    {
        get => _detail != 0;
        internal init => _detail = value ? (byte)1 : (byte)0;
    }

    /// <inheritdoc cref="HistoryKind.Member"/>
    public static HistoryEvent Member(int conversation, int user) => new() { Kind = HistoryKind.Member, Conversation = conversation, User = user };

    /// <inheritdoc cref="HistoryKind.DeviceAdded"/>
    public static HistoryEvent DeviceAdded(int device, bool isDueAll) => new() { Kind = HistoryKind.DeviceAdded, Device = device, IsDueAll = isDueAll };

    /// <inheritdoc cref="HistoryKind.DeviceRemoved"/>
    public static HistoryEvent DeviceRemoved(int device) => new() { Kind = HistoryKind.DeviceRemoved, Device = device };

    /// <inheritdoc cref="HistoryKind.DeviceDetached"/>
    public static HistoryEvent DeviceDetached(int device) => new() { Kind = HistoryKind.DeviceDetached, Device = device };

    /// <inheritdoc cref="HistoryKind.SessionOpened"/>
    public static HistoryEvent SessionOpened(ulong session, int device, ulong lastNumber) =>
        new() { Kind = HistoryKind.SessionOpened, Session = session, Device = device, Number = lastNumber };

    /// <inheritdoc cref="HistoryKind.SessionEnded"/>
    public static HistoryEvent SessionEnded(ulong session, int device, ErrorCode code) =>
        new() { Kind = HistoryKind.SessionEnded, Session = session, Device = device, Code = code };

    /// <inheritdoc cref="HistoryKind.SessionClosed"/>
    public static HistoryEvent SessionClosed(ulong session, int device) => new() { Kind = HistoryKind.SessionClosed, Session = session, Device = device };

    /// <inheritdoc cref="HistoryKind.Invoke"/>
    public static HistoryEvent Invoke(int device, ulong number, int conversation, ulong hash) =>
        new() { Kind = HistoryKind.Invoke, Device = device, Number = number, Conversation = conversation, Hash = hash };

    /// <inheritdoc cref="HistoryKind.Ok"/>
    public static HistoryEvent Ok(ulong session, int device, ulong number, int conversation, ulong sequence, ulong time, Durability durability) => new()
    {
        Kind = HistoryKind.Ok, Session = session, Device = device, Number = number, Conversation = conversation, Sequence = sequence, Time = time, Durability = durability,
    };

    /// <inheritdoc cref="HistoryKind.Fail"/>
    public static HistoryEvent Fail(ulong session, int device, ulong number, ErrorCode code) =>
        new() { Kind = HistoryKind.Fail, Session = session, Device = device, Number = number, Code = code };

    /// <inheritdoc cref="HistoryKind.Unknown"/>
    public static HistoryEvent Unknown(int device, ulong number) => new() { Kind = HistoryKind.Unknown, Device = device, Number = number };

    /// <inheritdoc cref="HistoryKind.Delivered"/>
    public static HistoryEvent Delivered(ulong session, int device, int conversation, ulong sequence, ulong previous, int sender, ulong number, ulong hash, ulong time, bool isKept) => new()
    {
        Kind = HistoryKind.Delivered, Session = session, Device = device, Conversation = conversation, Sequence = sequence, Previous = previous,
        Sender = sender, Number = number, Hash = hash, Time = time, IsKept = isKept,
    };

    /// <inheritdoc cref="HistoryKind.Kept"/>
    public static HistoryEvent Kept(int device, int conversation, ulong sequence) =>
        new() { Kind = HistoryKind.Kept, Device = device, Conversation = conversation, Sequence = sequence };

    /// <inheritdoc cref="HistoryKind.Receipt"/>
    public static HistoryEvent Receipt(int device, int conversation, ulong deliveredUpTo, ulong readUpTo) =>
        new() { Kind = HistoryKind.Receipt, Device = device, Conversation = conversation, DeliveredUpTo = deliveredUpTo, ReadUpTo = readUpTo };

    /// <inheritdoc cref="HistoryKind.Marks"/>
    public static HistoryEvent Marks(ulong session, int device, int conversation, int user, ulong deliveredUpTo, ulong readUpTo) => new()
    {
        Kind = HistoryKind.Marks, Session = session, Device = device, Conversation = conversation, User = user, DeliveredUpTo = deliveredUpTo, ReadUpTo = readUpTo,
    };

    /// <inheritdoc cref="HistoryKind.Heard"/>
    public static HistoryEvent Heard(ulong session, int device) => new() { Kind = HistoryKind.Heard, Session = session, Device = device };

    /// <inheritdoc cref="HistoryKind.Queue"/>
    public static HistoryEvent Queue(int name, ulong value, ulong limit) => new() { Kind = HistoryKind.Queue, Name = name, Value = value, Limit = limit };

    /// <inheritdoc cref="HistoryKind.FaultBegan"/>
    public static HistoryEvent FaultBegan(int name) => new() { Kind = HistoryKind.FaultBegan, Name = name };

    /// <inheritdoc cref="HistoryKind.FaultHealed"/>
    public static HistoryEvent FaultHealed(int name) => new() { Kind = HistoryKind.FaultHealed, Name = name };

    /// <inheritdoc cref="HistoryKind.Deadline"/>
    public static HistoryEvent Deadline() => new() { Kind = HistoryKind.Deadline };

    /// <inheritdoc cref="HistoryKind.Crashed"/>
    public static HistoryEvent Crashed() => new() { Kind = HistoryKind.Crashed };

    /// <inheritdoc cref="HistoryKind.Started"/>
    public static HistoryEvent Started() => new() { Kind = HistoryKind.Started };
}
