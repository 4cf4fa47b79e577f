using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[foregroundSeconds, backgroundSeconds]</c>, each an integer of 31 bits: how often something has to come from a client. The
/// server closes with <see cref="ErrorCode.Idle"/> after two and a half intervals of silence.
/// </summary>
public readonly record struct KeepAlive
{
    /// <summary>At least as many bytes as these take.</summary>
    internal const int MaxBytes = FrameWriter.MaxArrayBytes + (2 * FrameWriter.MaxIntegerBytes);

    /// <summary>The interval of a session that said foreground.</summary>
    public int ForegroundSeconds { get; init; }

    /// <summary>The interval of a session that said background.</summary>
    public int BackgroundSeconds { get; init; }

    internal void Write(ref FrameWriter writer)
    {
        writer.Array(2);
        writer.Integer((uint)ForegroundSeconds);
        writer.Integer((uint)BackgroundSeconds);
    }

    internal static KeepAlive Read(ref FrameReader reader)
    {
        var outer = reader.BeginArray(mandatory: 2);
        var keepAlive = new KeepAlive { ForegroundSeconds = reader.Int32(), BackgroundSeconds = reader.Int32() };
        reader.EndArray(outer);
        return keepAlive;
    }
}
