using System.Diagnostics.CodeAnalysis;

namespace ChatServer.Core;

/// <summary>
/// An open session as the core sees it: what was pushed to it and not acknowledged. Volatile: written by deciding, never by
/// <see cref="Records.IRecord{TSelf}.Apply"/>, gone after a restart.
/// </summary>
internal sealed class Outlet(ulong session, User user, Device device, OpenRequest request)
{
    // None until there is something in it: most sessions are idle.
    private Dictionary<Membership, ulong>? _pushed;
    private HashSet<Membership>? _queued;
    private HashSet<Membership>? _marked;
    private Queue<Membership>? _ready;
    private List<Membership>? _marksToPush;

    public ulong Session { get; } = session;

    public User User { get; } = user;

    public Device Device { get; } = device;

    public bool ExemptFromRates { get; } = request.ExemptFromRates || user.Trusted;

    public int WindowMessages { get; private set; } = request.WindowMessages;

    public long WindowBytes { get; private set; } = request.WindowBytes;

    /// <summary>Conversations whose marks changed in this drain, in the order they did.</summary>
    public List<Membership> MarksToPush => _marksToPush ??= [];

    public bool IsCatchingUp { get; set; } = true;

#if MUTANTS
    public bool HasRoomFor(int bytes) => PlantedBugs.Active == PlantedBug.WindowIgnored || (WindowMessages > 0 && WindowBytes >= bytes);
#else
    public bool HasRoomFor(int bytes) => WindowMessages > 0 && WindowBytes >= bytes;
#endif

    public void Take(int bytes)
    {
        WindowMessages--;
        WindowBytes -= bytes;
    }

    public void GiveBack(int messages, long bytes)
    {
        WindowMessages += messages;
        WindowBytes += bytes;
    }

    public ulong Pushed(Membership membership) =>
        _pushed is not null && _pushed.TryGetValue(membership, out var sequence) ? sequence : membership.DeliveredTo(Device.Slot);

    public void SetPushed(Membership membership, ulong sequence) => (_pushed ??= [])[membership] = sequence;

    /// <summary>The first of the conversations with something to push.</summary>
    public bool TryPeekReady([NotNullWhen(true)] out Membership? membership)
    {
        membership = null;
        return _ready is not null && _ready.TryPeek(out membership);
    }

    public void Queue(Membership membership)
    {
        if ((_queued ??= []).Add(membership)) (_ready ??= []).Enqueue(membership);
    }

    /// <summary>The first of the ready conversations has nothing more to push.</summary>
    public void Unqueue()
    {
        Invariant.Holds(_ready is { Count: > 0 }, "a ready conversation leaves");
        _queued?.Remove(_ready.Dequeue());
    }

    /// <summary>The first of the ready conversations waits for the others.</summary>
    public void Rotate()
    {
        Invariant.Holds(_ready is { Count: > 0 }, "a ready conversation waits");
        _ready.Enqueue(_ready.Dequeue());
    }

    public void Mark(Membership membership)
    {
        if ((_marked ??= []).Add(membership)) MarksToPush.Add(membership);
    }

    public void ClearMarks()
    {
        _marked?.Clear();
        _marksToPush?.Clear();
    }
}
