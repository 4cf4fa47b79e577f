using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A session ended; says when the device was last seen.</summary>
internal readonly struct DeviceClosed : IRecord<DeviceClosed>
{
    public static RecordKind Kind => RecordKind.DeviceClosed;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Time { get; init; }

    public static DeviceClosed Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new DeviceClosed { User = reader.User(), Device = reader.Device(), Time = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        if (state.Existing(User).Find(Device) is { } device) device.LastSeen = Math.Max(device.LastSeen, Time);
    }
}
