using System.Diagnostics.CodeAnalysis;

namespace ChatServer.Core;

/// <summary>
/// An open session as the core sees it: what was pushed to it and not acknowledged. Volatile: written by deciding, never by
/// <see cref="Records.IRecord{TSelf}.Apply"/>, gone after a restart.
/// </summary>
internal sealed class Outlet(ulong session, User user, Device device, OpenRequest request)
{
    // None until there is something in it: most sessions are idle.
    private OutletTraffic? _traffic;

    public ulong Session { get; } = session;

    public User User { get; } = user;

    public Device Device { get; } = device;

    public bool ExemptFromRates { get; } = request.ExemptFromRates || user.Trusted;

    public int WindowMessages { get; private set; } = request.WindowMessages;

    public int WindowBytes { get; private set; } = (int)request.WindowBytes;

    /// <summary>Conversations whose marks changed in this drain, in the order they did.</summary>
    public List<Membership> MarksToPush => Traffic.MarksToPush;

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
        WindowBytes += (int)bytes;
    }

    private OutletTraffic Traffic => _traffic ??= new OutletTraffic();

    public ulong Pushed(Membership membership) =>
        _traffic is not null && _traffic.Pushed.TryGetValue(membership, out var sequence) ? sequence : membership.DeliveredTo(Device.Slot);

    public void SetPushed(Membership membership, ulong sequence) => Traffic.Pushed[membership] = sequence;

    /// <summary>The first of the conversations with something to push.</summary>
    public bool TryPeekReady([NotNullWhen(true)] out Membership? membership)
    {
        membership = null;
        return _traffic is not null && _traffic.Ready.TryPeek(out membership);
    }

    public void Queue(Membership membership)
    {
        if (Traffic.Queued.Add(membership)) Traffic.Ready.Enqueue(membership);
    }

    /// <summary>The first of the ready conversations has nothing more to push.</summary>
    public void Unqueue()
    {
        Invariant.Holds(Traffic.Ready.Count > 0, "a ready conversation leaves");
        Traffic.Queued.Remove(Traffic.Ready.Dequeue());
    }

    /// <summary>The first of the ready conversations waits for the others.</summary>
    public void Rotate()
    {
        Invariant.Holds(Traffic.Ready.Count > 0, "a ready conversation waits");
        Traffic.Ready.Enqueue(Traffic.Ready.Dequeue());
    }

    public void Mark(Membership membership)
    {
        if (Traffic.Marked.Add(membership)) MarksToPush.Add(membership);
    }

    public void ClearMarks()
    {
        _traffic?.Marked.Clear();
        _traffic?.MarksToPush.Clear();
    }
}
