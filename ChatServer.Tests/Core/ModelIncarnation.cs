using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>One life of a device, from the login that added it until it was removed. What it got, and from when on it is due everything.</summary>
internal sealed class ModelIncarnation(UserId user, DeviceId device, int number)
{
    public UserId User => user;

    public DeviceId Device => device;

    public int Number => number;

    /// <summary>What others sent after this step is due to it; 0 for a user's first device, which is due everything.</summary>
    public int DueFromStep { get; set; } = int.MaxValue;

    /// <summary>Somebody asked for its removal. What it wrote is not due to a device that inherits its place.</summary>
    public bool MayBeGone { get; set; }

    public HashSet<(UserId Other, ulong Sequence)> Received { get; } = [];

    /// <summary>Pushes with what lay between the one before and them: nothing of that was due to it.</summary>
    public List<(UserId Other, ulong Previous, ulong Sequence)> Steps { get; } = [];

    public override string ToString() => $"{user}/{device}#{number}";
}
