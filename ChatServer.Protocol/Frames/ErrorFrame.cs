using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[code u16, retryAfterMs u32 = 0, detail str = "", argument u64 = 0, sendNumber u64 = 0]</c>. Server: a request was refused
/// (correlation: the request's), a send was refused whose request is no longer known (correlation 0, sendNumber set), or the
/// connection ends (correlation 0 or that of the frame at fault).
/// </summary>
public readonly record struct ErrorFrame : IFrame<ErrorFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Error;

    /// <summary>Why.</summary>
    public ErrorCode Code { get; init; }

    /// <summary>Milliseconds after which trying again makes sense; 0: not said.</summary>
    public uint RetryAfterMs { get; init; }

    /// <summary>For people: at most <see cref="ProtocolLimits.DetailBytes"/>.</summary>
    public string Detail { get => field ?? ""; init; }

    /// <summary>A number that belongs to the code: the expected send number, the limit that was exceeded; 0: none.</summary>
    public ulong Argument { get; init; }

    /// <summary>The send number that was refused; 0: no send.</summary>
    public ulong SendNumber { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + (4 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Detail);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(5);
        writer.Integer((ushort)Code);
        writer.Integer(RetryAfterMs);
        writer.Text(Detail);
        writer.Integer(Argument);
        writer.Integer(SendNumber);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out ErrorFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new ErrorFrame
        {
            Code = (ErrorCode)reader.UInt16(),
            RetryAfterMs = reader.UInt32Or(0),
            Detail = reader.TextOrEmpty(ProtocolLimits.DetailBytes),
            Argument = reader.UInt64Or(0),
            SendNumber = reader.UInt64Or(0),
        };
        return reader.EndBody();
    }
}
