using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>What model clients know of the world they live in, and where it is recorded what they do and are told.</summary>
internal abstract class ModelWorld
{
    private readonly int _faults;

    protected ModelWorld()
    {
        Checker = new HistoryChecker(Names);
        _faults = Names.Label("faults");
    }

    public HistoryNames Names { get; } = new();

    public HistoryChecker Checker { get; }

    /// <summary>Decides what clients do.</summary>
    public abstract Random Random { get; }

    /// <summary>Grows with everything that happens.</summary>
    public abstract int Step { get; }

    /// <summary>Milliseconds.</summary>
    public abstract ulong Now { get; }

    /// <summary>What clients ask for at login.</summary>
    public abstract int WindowMessages { get; }

    public abstract CoreLimits Limits { get; }

    /// <summary>Clients may have lost their store, or their place: then nobody may know some of what was accepted.</summary>
    public abstract bool ClientsForget { get; }

    public abstract IReadOnlyList<ModelDevice> Devices { get; }

    public abstract PartitionState HomeOf(UserId user);

    /// <summary>Something happened that has to happen sometimes, or a run set proves little.</summary>
    public abstract void Saw(string site);

    /// <summary>What a client did or was told; a violation ends the run where it shows.</summary>
    public void Record(in HistoryEvent e)
    {
        Checker.Take(e);
        if (Checker.FirstViolation is { } violation) Assert.Fail(violation.ToString());
    }

    public int ConversationOf(UserId user, UserId other) => Names.Direct(Names.User(user.Value), Names.User(other.Value));

    public int DeviceOf(UserId user, DeviceId device)
    {
        foreach (var known in Devices)
        {
            if (known.User == user && known.Device == device) return known.HistoryDevice;
        }

        return Names.Device(user.Value, device.Value);
    }

    protected void BeginFaults() => Record(HistoryEvent.FaultBegan(_faults));

    protected void EndFaults() => Record(HistoryEvent.FaultHealed(_faults));

    /// <summary>Any two users may talk.</summary>
    protected void Join(UserId user, UserId other)
    {
        var conversation = ConversationOf(user, other);
        Record(HistoryEvent.Member(conversation, Names.User(other.Value)));
        Record(HistoryEvent.Member(conversation, Names.User(user.Value)));
    }
}
