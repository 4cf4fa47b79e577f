using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary><c>[]</c>. Client: asks for the user's devices. Answer: Devices.</summary>
public readonly record struct ListDevicesFrame : IFrame<ListDevicesFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.ListDevices;

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer) => writer.Array(0);

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out ListDevicesFrame frame)
    {
        frame = default;
        reader.BeginBody(mandatory: 0);
        return reader.EndBody();
    }
}
