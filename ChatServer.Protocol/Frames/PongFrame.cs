using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[pushed u64, checksum u64, serverTime u64, echo bin]</c>. Server: the answer to Ping, and the client's means to notice that a
/// pushed message is missing. See <see cref="PushedTotal"/>.
/// </summary>
public readonly record struct PongFrame : IFrame<PongFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Pong;

    /// <summary>Message frames pushed in this session so far.</summary>
    public ulong Pushed { get; init; }

    /// <summary>The checksum over them.</summary>
    public ulong Checksum { get; init; }

    /// <summary>The server's time, milliseconds since 1970 UTC.</summary>
    public ulong ServerTime { get; init; }

    /// <summary>What Ping carried. A slice of the body.</summary>
    public ReadOnlyMemory<byte> Echo { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + (3 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Echo);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(4);
        writer.Integer(Pushed);
        writer.Integer(Checksum);
        writer.Integer(ServerTime);
        writer.Binary(Echo.Span);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out PongFrame frame)
    {
        reader.BeginBody(mandatory: 4);
        frame = new PongFrame
        {
            Pushed = reader.UInt64(),
            Checksum = reader.UInt64(),
            ServerTime = reader.UInt64(),
            Echo = reader.Binary(ProtocolLimits.EchoBytes),
        };
        return reader.EndBody();
    }
}
