using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>What a verdict asks of a device that lived in a world.</summary>
internal abstract class ModelDevice(ModelWorld world, UserId user, DeviceId device)
{
    public UserId User => user;

    public DeviceId Device => device;

    /// <summary>What the history calls this device.</summary>
    public int HistoryDevice { get; } = world.Names.Device(user.Value, device.Value);

    /// <summary>How far it knows others to be.</summary>
    public abstract IReadOnlyDictionary<UserId, (ulong Delivered, ulong Read)> Marks { get; }

    public override string ToString() => $"{user}/{device}";
}
