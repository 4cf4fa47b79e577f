namespace ChatServer.Bench.Checking;

/// <summary>A device from the login that added it until it was removed: one space of send numbers.</summary>
internal sealed class DeviceLife(int number, CheckedDevice device, DeviceLife? earlier)
{
    /// <summary>Of this life among all.</summary>
    public int Number => number;

    public CheckedDevice Device => device;

    public DeviceLife? Earlier => earlier;

    /// <summary>The send number of the first message; the others follow without holes.</summary>
    public uint FirstNumber { get; private set; }

    /// <summary>Its messages in the order of their numbers.</summary>
    public List<int> Messages { get; } = [];

    /// <summary>Numbers up to here have an answer that uses them up.</summary>
    public ulong UsedUpTo { get; set; }

    /// <summary>Somebody asked for the removal: what it wrote is not due to a device that inherits its place.</summary>
    public bool MayBeGone { get; set; }

    /// <summary>Where in <see cref="Messages"/> a number is; false: nowhere.</summary>
    public bool TryIndexOf(ulong sendNumber, out int index)
    {
        index = (int)Math.Min(sendNumber - FirstNumber, int.MaxValue); // what is below the first wraps around to a large one
        return index < Messages.Count;
    }

    /// <summary>False when a number is not the one that follows.</summary>
    public bool TryAppend(uint sendNumber, int message)
    {
        if (Messages.Count == 0) FirstNumber = sendNumber;
        if (sendNumber != (ulong)FirstNumber + (ulong)Messages.Count) return false;
        Messages.Add(message);
        return true;
    }
}
