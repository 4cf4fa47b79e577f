using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary><c>[device str, addedTime u64, lastSeen u64, online bool, current bool]</c>: a device of the user.</summary>
public readonly record struct DeviceItem : IFrameItem<DeviceItem>
{
    /// <summary>The device.</summary>
    public DeviceId Device { get; init; }

    /// <summary>When it logged in first, milliseconds since 1970 UTC.</summary>
    public ulong AddedTime { get; init; }

    /// <summary>When it was last connected, milliseconds since 1970 UTC.</summary>
    public ulong LastSeen { get; init; }

    /// <summary>Whether it has a session now.</summary>
    public bool Online { get; init; }

    /// <summary>Whether it is the device that asks.</summary>
    public bool Current { get; init; }

    /// <inheritdoc/>
    public int MaxBytes =>
        FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Device) + (2 * FrameWriter.MaxIntegerBytes) + (2 * FrameWriter.BooleanBytes);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(5);
        writer.Id(Device);
        writer.Integer(AddedTime);
        writer.Integer(LastSeen);
        writer.Boolean(Online);
        writer.Boolean(Current);
    }

    /// <inheritdoc/>
    public static DeviceItem Read(ref FrameReader reader)
    {
        var outer = reader.BeginArray(mandatory: 5);
        var item = new DeviceItem
        {
            Device = reader.Device(),
            AddedTime = reader.UInt64(),
            LastSeen = reader.UInt64(),
            Online = reader.Boolean(),
            Current = reader.Boolean(),
        };
        reader.EndArray(outer);
        return item;
    }
}
