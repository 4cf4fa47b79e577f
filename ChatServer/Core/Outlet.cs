namespace ChatServer.Core;

/// <summary>
/// An open session as the core sees it: what was pushed to it and not acknowledged. Volatile: written by deciding, never by
/// <see cref="Records.IRecord{TSelf}.Apply"/>, gone after a restart.
/// </summary>
internal sealed class Outlet(ulong session, User user, Device device, OpenRequest request)
{
    private readonly Dictionary<Membership, ulong> _pushed = [];
    private readonly HashSet<Membership> _queued = [];
    private readonly HashSet<Membership> _marked = [];

    public ulong Session { get; } = session;

    public User User { get; } = user;

    public Device Device { get; } = device;

    public bool ExemptFromRates { get; } = request.ExemptFromRates || user.Trusted;

    public int WindowMessages { get; private set; } = request.WindowMessages;

    public long WindowBytes { get; private set; } = request.WindowBytes;

    /// <summary>Conversations with something to push, in turn.</summary>
    public Queue<Membership> Ready { get; } = [];

    /// <summary>Conversations whose marks changed in this drain, in the order they did.</summary>
    public List<Membership> MarksToPush { get; } = [];

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
        _pushed.TryGetValue(membership, out var sequence) ? sequence : membership.DeliveredTo(Device.Slot);

    public void SetPushed(Membership membership, ulong sequence) => _pushed[membership] = sequence;

    public void Queue(Membership membership)
    {
        if (_queued.Add(membership)) Ready.Enqueue(membership);
    }

    public void Unqueue(Membership membership)
    {
        Invariant.Holds(ReferenceEquals(Ready.Peek(), membership), "the first of the ready conversations leaves");
        Ready.Dequeue();
        _queued.Remove(membership);
    }

    public void Rotate() => Ready.Enqueue(Ready.Dequeue());

    public void Mark(Membership membership)
    {
        if (_marked.Add(membership)) MarksToPush.Add(membership);
    }

    public void ClearMarks()
    {
        _marked.Clear();
        MarksToPush.Clear();
    }
}
