using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[device str]</c>. Client: removes one of the user's devices, its token and what waits for it. Answer: DeviceRemoved or Error.
/// </summary>
public readonly record struct RemoveDeviceFrame : IFrame<RemoveDeviceFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.RemoveDevice;

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
    public static ErrorCode Read(ref FrameReader reader, out RemoveDeviceFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new RemoveDeviceFrame { Device = reader.Device() };
        return reader.EndBody();
    }
}
