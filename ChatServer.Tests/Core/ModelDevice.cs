using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Core;

/// <summary>What a verdict asks of a device that lived in a world.</summary>
internal abstract class ModelDevice(UserId user, DeviceId device)
{
    public UserId User => user;

    public DeviceId Device => device;

    /// <summary>Its present life.</summary>
    public ModelIncarnation Self { get; protected set; } = new(user, device, 1);

    /// <summary>All its lives that the server knew of.</summary>
    public List<ModelIncarnation> Lives { get; } = [];

    /// <summary>How far it knows others to be.</summary>
    public abstract IReadOnlyDictionary<UserId, (ulong Delivered, ulong Read)> Marks { get; }

    protected void NewLife() => Self = new ModelIncarnation(user, device, Self.Number + 1);
}
