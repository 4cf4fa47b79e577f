using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary><c>[pushed u64]</c>. Server: everything that waited at login has been pushed.</summary>
public readonly record struct CaughtUpFrame : IFrame<CaughtUpFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.CaughtUp;

    /// <summary>Message frames pushed in this session so far.</summary>
    public ulong Pushed { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + FrameWriter.MaxIntegerBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(1);
        writer.Integer(Pushed);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out CaughtUpFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new CaughtUpFrame { Pushed = reader.UInt64() };
        return reader.EndBody();
    }
}
