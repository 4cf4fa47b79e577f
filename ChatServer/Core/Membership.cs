using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// A user's side of a conversation, at the user's home: where each device stands, and the tail of what some device has not
/// acknowledged.
/// </summary>
internal sealed class Membership(User user, UserId other)
{
    private ulong[] _delivered = new ulong[user.Slots.Length];
    private Ring<(DeviceId Device, ulong Number)> _awaitingOpening;
    private Tail _tail;

    public User User { get; } = user;

    public UserId Other { get; } = other;

    /// <summary>The other's home has agreed to messages from this user.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The other's home has been asked; sends wait for its answer.</summary>
    public bool IsOpening { get; set; }

    /// <summary>Whether a send goes on at once: not past others of this user that wait for the opening.</summary>
#if MUTANTS
    public bool TakesSends => IsOpen && (AwaitingOpening.Count == 0 || PlantedBugs.Active == PlantedBug.SendsOvertakeOpening);
#else
    public bool TakesSends => IsOpen && AwaitingOpening.Count == 0;
#endif

    /// <summary>Sends that wait for the opening, in their order.</summary>
    public ref Ring<(DeviceId Device, ulong Number)> AwaitingOpening => ref _awaitingOpening;

    /// <summary>The newest entry that this home knows of.</summary>
    public ulong Head => _tail.Head;

    /// <summary>Set at the home of the conversation: the sequence itself.</summary>
    public DirectConversation? Conversation { get; set; }

    /// <summary>Delivered to some device of this user.</summary>
    public ulong Delivered { get; private set; }

    /// <summary>Read by this user.</summary>
    public ulong Read { get; set; }

    /// <summary>The last marks that were told to the author's home, and whether they are still under way.</summary>
    public ulong ToldDelivered { get; set; }
    public ulong ToldRead { get; set; }
    public bool MarksUnderWay { get; set; }

    public RecipientStatus ToldStatus { get; set; }

    /// <summary>What the other user has of what this user wrote.</summary>
    public ulong OtherDelivered { get; set; }
    public ulong OtherRead { get; set; }
    public ulong MarksVersion { get; set; }

    /// <summary>The other user has written here: limits for strangers end.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Volatile: how much may still be sent before an answer.</summary>
    public TokenBucket? Unanswered { get; set; }

    public int TailCount => _tail.Count;

    /// <summary>The first entry of the tail.</summary>
    public ulong TailStart => _tail.Start;

    /// <summary>Entries of the tail up to here are spilled: only their outline is in memory.</summary>
    public ulong SpilledUpTo => _tail.SpilledUpTo;

    /// <summary>What is spilled, from the oldest to the newest.</summary>
    public ReadOnlySpan<SpilledRun> Runs => _tail.Runs;

    public ulong DeliveredTo(int slot) => slot < _delivered.Length ? _delivered[slot] : 0;

    /// <summary>An entry that is in memory.</summary>
    public ref readonly TailEntry Entry(ulong sequence) => ref _tail[sequence];

    /// <summary>The record of an entry lies elsewhere from now on; nothing when nobody waits for the entry any more.</summary>
    public void Relocate(ulong sequence, BodyRef body, PartitionState state)
    {
        if (sequence <= SpilledUpTo || sequence > Head) return;
        ref var entry = ref _tail[sequence];
        if (entry.IsHidden) return;
        Invariant.Holds(entry.Body.Record.Length == body.Record.Length, "a record is the same where it was copied to");
        var before = entry.Body;
        state.Bodies.Hold(body);
        entry = entry with { Body = body };
        state.Bodies.Release(before);
    }

    public void StartAtHead(int slot) => Cursor(slot) = Head;

    public void Append(ulong sequence, in TailEntry entry, PartitionState state)
    {
        Invariant.Holds(sequence == Head + 1, "entries arrive in sequence, without gaps");
        _tail.Add(entry);
        if (!entry.IsHidden) state.Bodies.Hold(entry.Body);
        if (entry.IsFromOther && !entry.IsHidden) HasAnswered = true;
        for (var i = 0; i < User.Slots.Length; i++)
        {
            ref var slot = ref User.Slots[i];
            if (!slot.Active) continue;
            if (!entry.IsDueTo(i))
            {
                PassNotDue(i);
                continue;
            }

            slot.WaitingEntries++;
            slot.WaitingBytes += entry.Body.Record.Length;
        }

        Trim(state);
    }

    /// <summary>
    /// Moves a device's cursor up; how many entries of others it passed, -1 when it already stood there. What the device has
    /// received counts as delivered; a cursor also moves when a device begins at the head, is detached, or entries expire.
    /// </summary>
    public int Advance(int slot, ulong upTo, bool isReceived, PartitionState state)
    {
        if (upTo <= DeliveredTo(slot)) return -1;
        Invariant.Holds(upTo <= Head, "a cursor does not pass the head");
        var passed = 0;
        long passedBytes = 0;
        foreach (ref readonly var run in Runs)
        {
            if (run.Last <= DeliveredTo(slot) || run.First > upTo) continue;
            Invariant.Holds(run.First > DeliveredTo(slot) && run.Last <= upTo, "a cursor passes a spilled run as a whole");
            passed += run.Count;
            passedBytes += run.Bytes;
        }

        for (var sequence = Math.Max(DeliveredTo(slot), SpilledUpTo) + 1; sequence <= upTo; sequence++)
        {
            ref readonly var entry = ref Entry(sequence);
            if (!entry.IsDueTo(slot)) continue;
            passed++;
            passedBytes += entry.Body.Record.Length;
        }

        User.Slots[slot].WaitingEntries -= passed;
        User.Slots[slot].WaitingBytes -= passedBytes;
        Cursor(slot) = upTo;
        PassNotDue(slot);
        if (isReceived) Delivered = Math.Max(Delivered, DeliveredTo(slot));
        Trim(state);
        return passed;
    }

    /// <summary>Lets go of the entries that every active slot has passed.</summary>
    public void Trim(PartitionState state)
    {
        var lowest = Head;
        for (var i = 0; i < User.Slots.Length; i++)
        {
            if (User.Slots[i].Active) lowest = Math.Min(lowest, DeliveredTo(i));
        }

        while (_tail.Count > 0 && TailStart <= lowest) RemoveFirst(state);
    }

    /// <summary>Gives every slot up to the head: the account is gone, its conversations go on without it.</summary>
    public void DropTail(PartitionState state)
    {
        for (var i = 0; i < User.SlotLimit; i++) Cursor(i) = Head;
        while (_tail.Count > 0) RemoveFirst(state);
    }

    /// <summary>
    /// Whether the entries from one on are the oldest in memory, all of the other user, all in a cold file, and no device waits for
    /// some of them only.
    /// </summary>
    public bool CanSpill(ulong first, int count, int file)
    {
        if (first != SpilledUpTo + 1 || count > _tail.CountInMemory) return false;
        for (var i = 0; i < count; i++)
        {
            ref readonly var entry = ref Entry(first + (ulong)i);
            if (!entry.IsFromOther || entry.IsHidden || !entry.Body.IsCold || entry.Body.ColdFile != file) return false;
        }

        for (var i = 0; i < User.Slots.Length; i++)
        {
            if (User.Slots[i].Active && DeliveredTo(i) >= first && DeliveredTo(i) < first + (ulong)count - 1) return false;
        }

        return true;
    }

    public void Spill(int count, int file, Storage.RecordSpan index, PartitionState state)
    {
        var first = SpilledUpTo + 1;
        Invariant.Holds(CanSpill(first, count, file), "what is spilled are whole runs in a cold file");
        long bytes = 0;
        for (var i = 0; i < count; i++) bytes += Entry(first + (ulong)i).Body.Record.Length;
        var run = new SpilledRun(first, count, bytes, Entry(first + (ulong)count - 1).Time, file, index);
        _tail.Spill(run);
        state.Bodies.Hold(run.IndexBody);
    }

    /// <summary>The newest run is in memory again.</summary>
    public void Unspill(ReadOnlySpan<byte> index, PartitionState state)
    {
        var run = _tail.TakeLastRun();
        Span<TailEntry> entries = new TailEntry[run.Count];
        var reader = new Records.RecordReader(index);
        foreach (ref var entry in entries) entry = RunIndex.Read(ref reader, run.File);
        for (var i = run.Count - 1; i >= 0; i--) _tail.AddFirst(entries[i]);
        state.Bodies.Release(run.IndexBody);
    }

    /// <summary>Entries of the other that some device waits for, counted.</summary>
    public int CountWaiting()
    {
        var waiting = 0;
        foreach (ref readonly var run in Runs) waiting += run.Count;
        for (var sequence = SpilledUpTo + 1; sequence <= Head; sequence++)
        {
            ref readonly var entry = ref Entry(sequence);
            if (entry.IsFromOther && !entry.IsHidden) waiting++;
        }

        return waiting;
    }

    internal void Restore(ulong head, ulong deliveredMark, ReadOnlySpan<ulong> delivered)
    {
        _tail.Head = head;
        Delivered = deliveredMark;
        for (var i = 0; i < delivered.Length; i++)
        {
            if (delivered[i] > 0) Cursor(i) = delivered[i];
        }
    }

    /// <summary>The tail anew, from its oldest entry on.</summary>
    internal void RestoreEntry(in TailEntry entry, PartitionState state)
    {
        _tail.Restore(entry);
        if (!entry.IsHidden) state.Bodies.Hold(entry.Body);
    }

    /// <summary>Before all entries in memory.</summary>
    internal void RestoreRun(in SpilledRun run, PartitionState state)
    {
        _tail.Restore(run);
        state.Bodies.Hold(run.IndexBody, run.Count, run.Bytes);
        state.Bodies.Hold(run.IndexBody);
    }

    private void RemoveFirst(PartitionState state)
    {
        var sequence = TailStart;
        if (Runs.Length > 0)
        {
            var run = _tail.RemoveFirstRun();
            state.Bodies.Release(run.IndexBody, run.Count, run.Bytes);
            state.Bodies.Release(run.IndexBody);
            Let(run.Count, Delivered < run.First ? 0 : (int)Math.Min((ulong)run.Count, Delivered - run.First + 1), state);
            return;
        }

        var entry = _tail.RemoveFirst();
        if (entry.IsHidden) return;
        state.Bodies.Release(entry.Body);
        if (entry.IsFromOther) Let(1, sequence <= Delivered ? 1 : 0, state);
    }

    // So many entries of the other are not waited for any more; some device had received a part of them.
    private static void Let(int entries, int delivered, PartitionState state)
    {
        state.Account.Waiting -= entries;
        state.Account.Delivered += delivered;
        state.Account.Expired += entries - delivered;
    }

    // The device that wrote an entry has it: its cursor moves over its own entries as soon as it stands before them.
    private void PassNotDue(int slot)
    {
        ref var cursor = ref Cursor(slot);
        while (cursor < Head && cursor >= SpilledUpTo && !Entry(cursor + 1).IsDueTo(slot)) cursor++;
    }

    // Grows with the places for devices that are in use.
    private ref ulong Cursor(int slot)
    {
        if (slot >= _delivered.Length) Array.Resize(ref _delivered, slot + 1);
        return ref _delivered[slot];
    }
}
