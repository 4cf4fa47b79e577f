using System.Diagnostics.CodeAnalysis;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// What goes out to the sessions that are open: entries within each one's window, marks as latest values. Reads the durable state,
/// keeps only volatile state of its own.
/// </summary>
internal sealed class Delivery(PartitionState state, Turn turn)
{
    private const int EntriesPerRound = 16;

    private readonly Dictionary<ulong, Outlet> _bySession = [];
    private readonly List<Outlet> _withMarks = [];
    private readonly Queue<(Membership Membership, ulong Sequence)> _wanted = [];

    public int OpenSessions => _bySession.Count;

    public Outlet? Find(ulong session) => _bySession.GetValueOrDefault(session);

    public static Outlet? Find(Device device) => device.Outlet;

    public void Open(Outlet outlet)
    {
        _bySession.Add(outlet.Session, outlet);
        Invariant.Holds(outlet.Device.Outlet is null, "a device has one open session");
        outlet.Device.Outlet = outlet;
        foreach (var membership in outlet.User.Memberships.All)
        {
            if (membership.Head > membership.DeliveredTo(outlet.Device.Slot)) outlet.Queue(membership);
            if (membership.MarksVersion > outlet.Device.MarksAcknowledged) Mark(outlet, membership);
        }

        Pump(outlet);
    }

    public void Close(Outlet outlet)
    {
        _bySession.Remove(outlet.Session);
        outlet.Device.Outlet = null;
    }

    /// <summary>The server ends the device's session, if it has one.</summary>
    public void End(Device device, ErrorCode code)
    {
        if (Find(device) is not { } outlet) return;
        Close(outlet);
        turn.Outputs.Add(new Output(OutputKind.Ended, outlet.Session) { Code = code });
    }

    /// <summary>A conversation of the user has a new entry.</summary>
    public void Arrived(User user, Membership membership)
    {
        foreach (var slot in user.Slots)
        {
            if (slot.Device is not { } device || Find(device) is not { } outlet) continue;
            outlet.Queue(membership);
            Pump(outlet);
        }
    }

    /// <summary>Entries from here on are to be in memory: a device could get them.</summary>
    public void Want(Membership membership, ulong sequence) => _wanted.Enqueue((membership, sequence));

    /// <summary>The next conversation with a spilled run that is wanted: its newest run comes first, since entries in memory are the last ones.</summary>
    public bool TryPeekWanted([NotNullWhen(true)] out Membership? membership)
    {
        while (_wanted.TryPeek(out var wanted))
        {
            membership = wanted.Membership;
            if (membership.Runs.Length > 0 && wanted.Sequence <= membership.SpilledUpTo) return true;
            _wanted.Dequeue();
        }

        membership = null;
        return false;
    }

    /// <summary>The marks of a conversation have changed.</summary>
    public void Marked(User user, Membership membership)
    {
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device && Find(device) is { } outlet) Mark(outlet, membership);
        }
    }

    /// <summary>Pushes what the window allows, the conversations in turn.</summary>
    public void Pump(Outlet outlet)
    {
        while (outlet.TryPeekReady(out var membership))
        {
            if (!Push(outlet, membership, out var more)) return;
            if (more) outlet.Rotate();
            else outlet.Unqueue();
        }

        if (!outlet.IsCatchingUp) return;
        outlet.IsCatchingUp = false;
        turn.Outputs.Add(new Output(OutputKind.CaughtUp, outlet.Session));
    }

    /// <summary>The drain ends: marks that changed in it go out once each.</summary>
    public void EndTurn()
    {
        foreach (var outlet in _withMarks)
        {
            if (ReferenceEquals(Find(outlet.Session), outlet)) PushMarks(outlet);
            outlet.ClearMarks();
        }

        _withMarks.Clear();
    }

    // False when the window is shut; what is left waits for a receipt.
    private bool Push(Outlet outlet, Membership membership, out bool more)
    {
        more = false;
        var slot = outlet.Device.Slot;
        var previous = outlet.Pushed(membership);
        var pushed = 0;
        for (var sequence = Math.Max(previous, membership.DeliveredTo(slot)) + 1; sequence <= membership.Head; sequence++)
        {
            if (sequence <= membership.SpilledUpTo)
            {
                // A device that begins at an entry waits for all of a run: what is spilled before it is due to others.
                if (outlet.HasRoomFor(1)) Want(membership, sequence);
                return false;
            }

            ref readonly var entry = ref membership.Entry(sequence);
            if (!entry.IsDueTo(slot)) continue;
            if (pushed == EntriesPerRound)
            {
                more = true;
                return true;
            }

#if MUTANTS
            if (PlantedBugs.Active == PlantedBug.PreviousIsOneLess) previous = sequence - 1;
#endif
            if (!outlet.HasRoomFor(entry.Body.Record.Length)) return false;
            outlet.Take(entry.Body.Record.Length);
            turn.Outputs.Add(new Output(OutputKind.Message, outlet.Session)
            {
                Partition = state.Id, User = membership.Other, First = sequence, Second = previous, Third = entry.Time, Body = entry.Body,
            });
            previous = sequence;
            outlet.SetPushed(membership, sequence);
            pushed++;
        }

        return true;
    }

    private void Mark(Outlet outlet, Membership membership)
    {
        if (outlet.MarksToPush.Count == 0) _withMarks.Add(outlet);
        outlet.Mark(membership);
    }

    private void PushMarks(Outlet outlet)
    {
        var changed = outlet.MarksToPush;
        changed.Sort(static (a, b) => a.MarksVersion.CompareTo(b.MarksVersion));
        for (var start = 0; start < changed.Count; start += state.Limits.MarksPerFrame)
        {
            var count = Math.Min(state.Limits.MarksPerFrame, changed.Count - start);
            var lent = turn.Outputs.Lend(count);
            var marks = lent.Span;
            for (var i = 0; i < count; i++)
            {
                var membership = changed[start + i];
                marks[i] = new Mark(membership.Other, membership.OtherDelivered, membership.OtherRead);
            }

            turn.Outputs.Add(new Output(OutputKind.Marks, outlet.Session) { First = changed[start + count - 1].MarksVersion, Marks = lent });
        }
    }
}
