using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary><c>[device str]</c>. Server: the device is removed. The answer to RemoveDevice.</summary>
public readonly record struct DeviceRemovedFrame : IFrame<DeviceRemovedFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.DeviceRemoved;

    /// <summary>The device.</summary>
    public DeviceId Device { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Device);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(1);
        writer.Id(Device);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out DeviceRemovedFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new DeviceRemovedFrame { Device = reader.Device() };
        return reader.EndBody();
    }
}
