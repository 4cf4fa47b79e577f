namespace ChatServer.Bench.Checking;

/// <summary>A device: who it is, what it is due, what it owes an answer.</summary>
internal sealed class CheckedDevice(int number, int user)
{
    public int Number => number;

    public int User => user;

    /// <summary>Messages from this one on are due; none until the device was added.</summary>
    public int DueFrom { get; set; } = int.MaxValue;

    /// <summary>It may have been removed, so nothing is asked for until it shows that it was not.</summary>
    public bool IsSuspended { get; set; }

    /// <summary>Promised, due and not kept.</summary>
    public long Owed { get; set; }

    /// <summary>Sends that await their answer.</summary>
    public long OpenSends { get; set; }

    public int OpenSessions { get; set; }

    /// <summary>The highest number that it ever used.</summary>
    public ulong HighestNumber { get; set; }

    /// <summary>The present life; null until it does something.</summary>
    public DeviceLife? Life { get; set; }

    /// <summary>Where it stands in each conversation of its user.</summary>
    public List<Standing> Standings { get; } = [];
}
