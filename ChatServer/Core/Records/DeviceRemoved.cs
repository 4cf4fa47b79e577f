using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A device and its cursors are gone; what it alone waited for is let go.</summary>
internal readonly struct DeviceRemoved : IRecord<DeviceRemoved>
{
    public static RecordKind Kind => RecordKind.DeviceRemoved;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Time { get; init; }

    public static DeviceRemoved Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new DeviceRemoved { User = reader.User(), Device = reader.Device(), Time = reader.Number() };
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
        user.RemoveDevice(state.Existing(User, Device), state);
    }
}
