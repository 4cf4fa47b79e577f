using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// A user at the home partition. A removed user stays as a shell that keeps the heads of the conversations, since their sequences
/// go on for the others.
/// </summary>
internal sealed class User
{
    public User(UserId id, CoreLimits limits)
    {
        Id = id;
        Slots = new DeviceSlot[limits.DevicesPerUser];
        for (var i = 0; i < Slots.Length; i++) Slots[i] = new DeviceSlot();
        Slots[0].Active = true;
    }

    public UserId Id { get; }

    /// <summary>Where it stands in the order in which the partition's users were added.</summary>
    public int Place { get; set; }

    /// <summary>Volatile: the last image of the partition that has this user.</summary>
    public int LastImage { get; set; }

    public bool Exists { get; set; }

    public bool Trusted { get; set; }

    public byte[] PasswordHash { get; set; } = [];

    /// <summary>Rises with every password, so that a check that took a while cannot open a session by an old one.</summary>
    public ulong PasswordEpoch { get; set; }

    public DeviceSlot[] Slots { get; }

    /// <summary>By the other user's id, in the order they came about.</summary>
    public OrderedDictionary<UserId, Membership> Memberships { get; } = [];

    /// <summary>Counts changes of marks that this user's devices are to see.</summary>
    public ulong MarksVersion { get; set; }

    /// <summary>Volatile: how much the user may still send.</summary>
    public SendRates? Rates { get; set; }

    public Device? Find(DeviceId device)
    {
        foreach (var slot in Slots)
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
            foreach (var slot in Slots)
            {
                if (slot.Device is not null) count++;
            }

            return count;
        }
    }

    /// <summary>Whether another entry would exceed the outbox of every device.</summary>
    public bool IsFull(CoreLimits limits)
    {
        foreach (var slot in Slots)
        {
            if (slot.Active && !slot.IsFull(limits)) return false;
        }

        return true;
    }

    public Membership Join(UserId other)
    {
        if (Memberships.TryGetValue(other, out var membership)) return membership;
        membership = new Membership(this, other);
        Memberships.Add(other, membership);
        return membership;
    }

    public Device AddDevice(DeviceId id, ulong time)
    {
        var index = DeviceCount == 0 ? Array.FindIndex(Slots, slot => slot.Active) : Array.FindIndex(Slots, slot => !slot.Active);
        Invariant.Holds(index >= 0, "a device is added where a slot is free");
        var slot = Slots[index];
        if (!slot.Active)
        {
            slot.Active = true;
            for (var i = 0; i < Memberships.Count; i++) Memberships.GetAt(i).Value.StartAtHead(index);
        }

        slot.Device = new Device(id, (byte)index, time);
        return slot.Device;
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

        var slot = Slots[device.Slot];
        slot.Device = null;
        if (DeviceCount == 0) return; // stays active as the placeholder
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.RemovedDeviceStaysActive) return;
#endif
        slot.Active = false;
        slot.WaitingEntries = 0;
        slot.WaitingBytes = 0;
        for (var i = 0; i < Memberships.Count; i++) Memberships.GetAt(i).Value.Trim(state);
    }
}
