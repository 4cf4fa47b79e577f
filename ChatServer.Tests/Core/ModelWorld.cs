using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>What model clients know of the world they live in.</summary>
internal abstract class ModelWorld
{
    /// <summary>Decides what clients do.</summary>
    public abstract Random Random { get; }

    /// <summary>Grows with everything that happens; orders what is due to whom.</summary>
    public abstract int Step { get; }

    /// <summary>Milliseconds.</summary>
    public abstract ulong Now { get; }

    /// <summary>What clients ask for at login.</summary>
    public abstract int WindowMessages { get; }

    public abstract CoreLimits Limits { get; }

    /// <summary>Clients may have lost their store, or their place: then nobody may know some of what was accepted.</summary>
    public abstract bool ClientsForget { get; }

    public abstract IEnumerable<ModelDevice> Devices { get; }

    public abstract PartitionState HomeOf(UserId user);

    public Reference Reference { get; } = new();

    /// <summary>Something happened that has to happen sometimes, or a run set proves little.</summary>
    public abstract void Saw(string site);
}
