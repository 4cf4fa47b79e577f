using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// What devices report as received and read. What cannot be true is ignored: beyond what was pushed, read before delivered, backwards,
/// or of a conversation the user is not in.
/// </summary>
internal sealed class Receipts(PartitionState state, Journal journal, Delivery delivery)
{
    public void Receive(Outlet outlet, UserId other, ulong delivered, ulong read)
    {
        if (!outlet.User.Memberships.TryGet(other, out var membership)) return;
        var slot = outlet.Device.Slot;
        var before = membership.DeliveredTo(slot);
        if (delivered > Math.Max(outlet.Pushed(membership), before)) return;
        delivered = Math.Max(delivered, before);
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.CursorAheadOfReceipt) delivered = Math.Max(outlet.Pushed(membership), before);
#endif

        // A cursor also stands further because the device began at the head or was detached: that alone delivered nothing.
#if MUTANTS
        if (PlantedBugs.Active != PlantedBug.ReadBeforeDelivered)
#endif
        if (read > Math.Max(membership.Delivered, delivered > before ? delivered : 0)) read = membership.Read;
        if (delivered == before && read <= membership.Read && !outlet.Device.Detached) return;

        var author = state.IsLocal(other) ? state.Find(other) : null;
        var marksBefore = author?.MarksVersion;
        var (messages, bytes) = Passed(membership, slot, before, delivered);
        journal.Emit(new Received { User = outlet.User.Id, Device = outlet.Device.Id, Other = other, Delivered = delivered, Read = read });
        outlet.GiveBack(messages, bytes);
        if (author is not null && author.MarksVersion != marksBefore) delivery.Marked(author, author.Join(outlet.User.Id));
        delivery.Pump(outlet);
    }

    /// <summary>The sessions of devices that miss something by it end; their next Welcome says so.</summary>
    public void Expire(UserId userId, UserId other, ulong upTo)
    {
        if (!state.Users.TryGet(userId, out var user) || !user.Memberships.TryGet(other, out var membership) || upTo < membership.TailStart) return;
        Span<bool> passed = stackalloc bool[user.Slots.Length];
        for (var i = 0; i < passed.Length; i++) passed[i] = membership.DeliveredTo(i) < Math.Min(upTo, membership.Head);
        journal.Emit(new Expired { User = userId, Other = other, UpTo = upTo });
        for (var i = 0; i < passed.Length; i++)
        {
            if (passed[i] && user.Slots[i].Device is { } device) delivery.End(device, ErrorCode.TooSlow);
        }
    }

    /// <summary>Nothing that a session may be getting is spilled: it would have to come back at once.</summary>
    public void Spill(UserId userId, UserId other, ulong first, int count, int file, Storage.RecordSpan index)
    {
        if (!state.Users.TryGet(userId, out var user) || !user.Memberships.TryGet(other, out var membership)) return;
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device && Delivery.Find(device) is not null) return;
        }

        if (membership.CanSpill(first, count, file)) journal.Emit(new Spilled { User = userId, Other = other, Count = count, File = file, Index = index });
    }

    public void AcknowledgeMarks(Outlet outlet, ulong version)
    {
        version = Math.Min(version, outlet.User.MarksVersion);
        if (version <= outlet.Device.MarksAcknowledged) return;
        journal.Emit(new Received { User = outlet.User.Id, Device = outlet.Device.Id, MarksAcknowledged = version });
    }

    private static (int Messages, long Bytes) Passed(Membership membership, int slot, ulong from, ulong to)
    {
        var messages = 0;
        long bytes = 0;
        for (var sequence = from + 1; sequence <= to; sequence++)
        {
            ref readonly var entry = ref membership.Entry(sequence);
            if (!entry.IsDueTo(slot)) continue;
            messages++;
            bytes += entry.Body.Record.Length;
        }

        return (messages, bytes);
    }
}
