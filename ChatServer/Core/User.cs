using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// A user at the home partition: devices and conversations. What every user has is in its row of the <see cref="UserTable"/>. A removed
/// user stays as a shell that keeps the heads of the conversations, since their sequences go on for the others.
/// </summary>
internal sealed class User
{
    private readonly UserTable _table;
    private DeviceSlot[] _slots = [new DeviceSlot { Active = true }];
    private MembershipList _memberships;

    public User(UserTable table, int place, bool isKept)
    {
        _table = table;
        Place = place;
        IsKept = isKept;
        Id = UserId.TryParse(table.IdAt(place), out var id) ? id : throw new InvalidDataException("A user has a malformed id");
    }

    public UserId Id { get; }

    /// <summary>Where it stands in the order in which the partition's users were added.</summary>
    public int Place { get; set; }

    /// <summary>False for one that was made to be read and is forgotten.</summary>
    public bool IsKept { get; }

    /// <summary>Nothing is known of it but its row.</summary>
    public bool IsBare => Memberships.Count == 0 && MarksVersion == 0 && _slots is [{ Active: true, Device: null, WaitingEntries: 0, WaitingBytes: 0 }];

    public bool Exists => _table.ExistsAt(Place);

    public bool Trusted => _table.IsTrustedAt(Place);

    public ReadOnlySpan<byte> PasswordHash => _table.PasswordHashAt(Place);

    public ulong PasswordEpoch => _table.PasswordEpochAt(Place);

    /// <summary>Places for devices that are or were in use; those behind them are free.</summary>
    public Span<DeviceSlot> Slots => _slots;

    /// <summary>Places for devices there can be.</summary>
    public int SlotLimit => _table.DevicesPerUser;

    public ref MembershipList Memberships => ref _memberships;

    /// <summary>Counts changes of marks that this user's devices are to see.</summary>
    public ulong MarksVersion { get; set; }

    /// <summary>Volatile: how much the user may still send.</summary>
    public SendRates? Rates { get; set; }

    public Device? Find(DeviceId device)
    {
        foreach (ref var slot in Slots)
        {
            if (slot.Device is { } found && found.Id == device) return found;
        }

        return null;
    }

    public int DeviceCount
    {
        get
        {
            var count = 0;
            foreach (ref var slot in Slots)
            {
                if (slot.Device is not null) count++;
            }

            return count;
        }
    }

    /// <summary>Whether another entry would exceed the outbox of every device.</summary>
    public bool IsFull(CoreLimits limits)
    {
        foreach (ref var slot in Slots)
        {
            if (slot.Active && !slot.IsFull(limits)) return false;
        }

        return true;
    }

    public Membership Join(UserId other)
    {
        if (Memberships.TryGet(other, out var membership)) return membership;
        Invariant.Holds(IsKept, "a user that is changed is kept");
        membership = new Membership(this, other);
        Memberships.Add(membership);
        return membership;
    }

    public Device AddDevice(DeviceId id, ulong time)
    {
        Invariant.Holds(IsKept, "a user that is changed is kept");
        var isFirst = DeviceCount == 0;
        var index = 0;
        while (index < _slots.Length && _slots[index].Active != isFirst) index++;
        Invariant.Holds(index < SlotLimit, "a device is added where a slot is free");
        ref var slot = ref SlotAt(index);
        if (!slot.Active)
        {
            slot.Active = true;
            foreach (var membership in Memberships.All) membership.StartAtHead(index);
        }

        slot.Device = new Device(id, (byte)index, time);
        return slot.Device;
    }

    /// <summary>A place for a device, made when nobody used it yet.</summary>
    public ref DeviceSlot SlotAt(int index)
    {
        if (index >= _slots.Length) Array.Resize(ref _slots, index + 1);
        return ref _slots[index];
    }

    public void RemoveDevice(Device device, PartitionState state)
    {
        for (var i = 0; i < device.Answers.Count; i++)
        {
            if (!device.Answers[i].Pending) continue;
            state.Bodies.Release(device.Answers[i].Body);
            state.Account.Undecided--;
            state.Account.Forgotten++;
        }

        ref var slot = ref _slots[device.Slot];
        slot.Device = null;
        if (DeviceCount == 0) return; // stays active as the placeholder
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.RemovedDeviceStaysActive) return;
#endif
        slot.Active = false;
        slot.WaitingEntries = 0;
        slot.WaitingBytes = 0;
        foreach (var membership in Memberships.All) membership.Trim(state);
    }
}
