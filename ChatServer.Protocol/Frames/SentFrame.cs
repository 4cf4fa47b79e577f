using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[sendNumber u64, conversation, sequence u64, serverTime u64, durability u8, duplicate bool]</c>. Server: the message has its
/// place and is as durable as this says. Correlation: the newest request of the number, or 0.
/// </summary>
public readonly record struct SentFrame : IFrame<SentFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Sent;

    /// <summary>The number of the send.</summary>
    public ulong SendNumber { get; init; }

    /// <summary>The conversation it went to.</summary>
    public WireConversation Conversation { get; init; }

    /// <summary>Its place in the conversation.</summary>
    public ulong Sequence { get; init; }

    /// <summary>When it got it, milliseconds since 1970 UTC.</summary>
    public ulong ServerTime { get; init; }

    /// <summary>What it survives.</summary>
    public Durability Durability { get; init; }

    /// <summary>Whether this repeats an answer that was decided before this request.</summary>
    public bool Duplicate { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes =>
        FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Conversation) + (4 * FrameWriter.MaxIntegerBytes) + FrameWriter.BooleanBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(6);
        writer.Integer(SendNumber);
        writer.Conversation(Conversation);
        writer.Integer(Sequence);
        writer.Integer(ServerTime);
        writer.Integer((byte)Durability);
        writer.Boolean(Duplicate);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out SentFrame frame)
    {
        reader.BeginBody(mandatory: 6);
        frame = new SentFrame
        {
            SendNumber = reader.UInt64(min: 1),
            Conversation = reader.Conversation(),
            Sequence = reader.UInt64(min: 1),
            ServerTime = reader.UInt64(),
            Durability = (Durability)reader.UInt8(min: 1),
            Duplicate = reader.Boolean(),
        };
        return reader.EndBody();
    }
}
