using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[code u16, reconnectAfterMs u32, detail str = ""]</c>. Server: no new requests on this connection; it closes when what is under
/// way is answered, and the client comes back after the time.
/// </summary>
public readonly record struct GoAwayFrame : IFrame<GoAwayFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.GoAway;

    /// <summary>Why: 5xxx or 6xxx.</summary>
    public ErrorCode Code { get; init; }

    /// <summary>Milliseconds after which to connect again, different for each client.</summary>
    public uint ReconnectAfterMs { get; init; }

    /// <summary>For people: at most <see cref="ProtocolLimits.DetailBytes"/>.</summary>
    public string Detail { get => field ?? ""; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + (2 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Detail);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(3);
        writer.Integer((ushort)Code);
        writer.Integer(ReconnectAfterMs);
        writer.Text(Detail);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out GoAwayFrame frame)
    {
        reader.BeginBody(mandatory: 2);
        frame = new GoAwayFrame
        {
            Code = (ErrorCode)reader.UInt16(),
            ReconnectAfterMs = reader.UInt32(),
            Detail = reader.TextOrEmpty(ProtocolLimits.DetailBytes),
        };
        return reader.EndBody();
    }
}
