using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[settled u64 = 0, echo bin = ""]</c>. Client: keeps the connection, says what is settled. Answer: Pong.
/// </summary>
public readonly record struct PingFrame : IFrame<PingFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Ping;

    /// <summary>The client has, and keeps, the final answers of all its send numbers up to here.</summary>
    public ulong Settled { get; init; }

    /// <summary>Comes back in Pong: at most <see cref="ProtocolLimits.EchoBytes"/>. A slice of the body.</summary>
    public ReadOnlyMemory<byte> Echo { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + FrameWriter.MaxIntegerBytes + FrameWriter.MaxBytes(Echo);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(2);
        writer.Integer(Settled);
        writer.Binary(Echo.Span);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out PingFrame frame)
    {
        reader.BeginBody(mandatory: 0);
        frame = new PingFrame { Settled = reader.UInt64Or(0), Echo = reader.BinaryOrEmpty(ProtocolLimits.EchoBytes) };
        return reader.EndBody();
    }
}
