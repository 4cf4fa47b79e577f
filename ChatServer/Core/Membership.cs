using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// A user's side of a conversation, at the user's home: where each device stands, and the tail of what some device has not
/// acknowledged.
/// </summary>
internal sealed class Membership(User user, UserId other)
{
    private readonly ulong[] _delivered = new ulong[user.Slots.Length];
    private readonly Ring<TailEntry> _tail = new();

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
    public Ring<(DeviceId Device, ulong Number)> AwaitingOpening { get; } = new();

    /// <summary>The newest entry that this home knows of.</summary>
    public ulong Head { get; private set; }

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
    public ulong TailStart => Head - (ulong)_tail.Count + 1;

    public ulong DeliveredTo(int slot) => _delivered[slot];

    public ref readonly TailEntry Entry(ulong sequence) => ref _tail[checked((int)(sequence - TailStart))];

    /// <summary>The record of an entry lies elsewhere from now on; nothing when nobody waits for the entry any more.</summary>
    public void Relocate(ulong sequence, BodyRef body, PartitionState state)
    {
        if (sequence < TailStart || sequence > Head) return;
        ref var entry = ref _tail[checked((int)(sequence - TailStart))];
        if (entry.IsHidden) return;
        Invariant.Holds(entry.Body.Record.Length == body.Record.Length, "a record is the same where it was copied to");
        var before = entry.Body;
        state.Bodies.Hold(body);
        entry = entry with { Body = body };
        state.Bodies.Release(before);
    }

    public void StartAtHead(int slot) => _delivered[slot] = Head;

    public void Append(ulong sequence, in TailEntry entry, PartitionState state)
    {
        Invariant.Holds(sequence == Head + 1, "entries arrive in sequence, without gaps");
        Head = sequence;
        _tail.Add(entry);
        if (!entry.IsHidden) state.Bodies.Hold(entry.Body);
        if (entry.IsFromOther && !entry.IsHidden) HasAnswered = true;
        for (var i = 0; i < _delivered.Length; i++)
        {
            var slot = User.Slots[i];
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
        if (upTo <= _delivered[slot]) return -1;
        Invariant.Holds(upTo <= Head, "a cursor does not pass the head");
        var passed = 0;
        long passedBytes = 0;
        for (var sequence = _delivered[slot] + 1; sequence <= upTo; sequence++)
        {
            ref readonly var entry = ref Entry(sequence);
            if (!entry.IsDueTo(slot)) continue;
            passed++;
            passedBytes += entry.Body.Record.Length;
        }

        User.Slots[slot].WaitingEntries -= passed;
        User.Slots[slot].WaitingBytes -= passedBytes;
        _delivered[slot] = upTo;
        PassNotDue(slot);
        if (isReceived) Delivered = Math.Max(Delivered, _delivered[slot]);
        Trim(state);
        return passed;
    }

    /// <summary>Lets go of the entries that every active slot has passed.</summary>
    public void Trim(PartitionState state)
    {
        var lowest = Head;
        for (var i = 0; i < _delivered.Length; i++)
        {
            if (User.Slots[i].Active) lowest = Math.Min(lowest, _delivered[i]);
        }

        while (_tail.Count > 0 && TailStart <= lowest) RemoveFirst(state);
    }

    /// <summary>Gives every slot up to the head: the account is gone, its conversations go on without it.</summary>
    public void DropTail(PartitionState state)
    {
        Array.Fill(_delivered, Head);
        while (_tail.Count > 0) RemoveFirst(state);
    }

    /// <summary>Entries of the other that some device waits for, counted.</summary>
    public int CountWaiting()
    {
        var waiting = 0;
        for (var i = 0; i < _tail.Count; i++)
        {
            if (_tail[i].IsFromOther && !_tail[i].IsHidden) waiting++;
        }

        return waiting;
    }

    internal void Restore(ulong head, ulong deliveredMark, ReadOnlySpan<ulong> delivered)
    {
        Head = head;
        Delivered = deliveredMark;
        delivered.CopyTo(_delivered);
    }

    /// <summary>The tail anew, from its oldest entry on.</summary>
    internal void RestoreEntry(in TailEntry entry, PartitionState state)
    {
        _tail.Add(entry);
        if (!entry.IsHidden) state.Bodies.Hold(entry.Body);
    }

    internal TailEntry TailAt(int position) => _tail[position];

    private void RemoveFirst(PartitionState state)
    {
        var sequence = TailStart;
        var entry = _tail.RemoveFirst();
        if (entry.IsHidden) return;
        state.Bodies.Release(entry.Body);
        if (!entry.IsFromOther) return;
        state.Account.Waiting--;
        if (sequence <= Delivered) state.Account.Delivered++;
        else state.Account.Expired++;
    }

    // The device that wrote an entry has it: its cursor moves over its own entries as soon as it stands before them.
    private void PassNotDue(int slot)
    {
        while (_delivered[slot] < Head && _delivered[slot] + 1 >= TailStart && !Entry(_delivered[slot] + 1).IsDueTo(slot)) _delivered[slot]++;
    }
}
