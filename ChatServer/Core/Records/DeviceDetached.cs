using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The outbox of one device overflowed while another device of the user goes on: it continues at the heads and is told.</summary>
internal readonly struct DeviceDetached : IRecord<DeviceDetached>
{
    public static RecordKind Kind => RecordKind.DeviceDetached;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Time { get; init; }

    public static DeviceDetached Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new DeviceDetached { User = reader.User(), Device = reader.Device(), Time = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Existing(User);
        var device = state.Existing(User, Device);
        device.Detached = true;
        foreach (var membership in user.Memberships.All) membership.Advance(device.Slot, membership.Head, isReceived: false, state);

        state.TellRoom(user);
    }
}
