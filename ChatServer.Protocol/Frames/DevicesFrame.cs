using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[[[device str, addedTime u64, lastSeen u64, online bool, current bool] …]]</c>. Server: the answer to ListDevices.
/// </summary>
public readonly record struct DevicesFrame : IFrame<DevicesFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Devices;

    /// <summary>The user's devices, in the order of their ids. A slice of the body when read.</summary>
    public FrameList<DeviceItem> Items { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + Items.MaxBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(1);
        writer.List(Items);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out DevicesFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new DevicesFrame { Items = reader.List<DeviceItem>(ProtocolLimits.ListItems) };
        return reader.EndBody();
    }
}
