using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[conversation, sendNumber u64, settled u64, contentKind u8, payload bin, minDurability u8 = 0]</c>. Client: a message for a
/// conversation. Answer: Sent or Error. Hot path: reading it allocates nothing but an id not read before.
/// </summary>
public readonly record struct SendFrame : IFrame<SendFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Send;

    /// <summary>Where to.</summary>
    public WireConversation Conversation { get; init; }

    /// <summary>1, 2, 3 … per device.</summary>
    public ulong SendNumber { get; init; }

    /// <summary>The client has, and keeps, the final answers of all its send numbers up to here.</summary>
    public ulong Settled { get; init; }

    /// <summary>What it is.</summary>
    public ContentKind ContentKind { get; init; }

    /// <summary>The message: at most <see cref="ProtocolLimits.PayloadBytes"/>, never looked into. A slice of the body.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What the message has to survive before it is answered.</summary>
    public Durability MinDurability { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes =>
        FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Conversation) + (4 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Payload);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(6);
        writer.Conversation(Conversation);
        writer.Integer(SendNumber);
        writer.Integer(Settled);
        writer.Integer((byte)ContentKind);
        writer.Binary(Payload.Span);
        writer.Integer((byte)MinDurability);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out SendFrame frame)
    {
        reader.BeginBody(mandatory: 5);
        frame = new SendFrame
        {
            Conversation = reader.Conversation(),
            SendNumber = reader.UInt64(min: 1),
            Settled = reader.UInt64(),
            ContentKind = (ContentKind)reader.UInt8(),
            Payload = reader.Binary(ProtocolLimits.PayloadBytes),
            MinDurability = (Durability)reader.UInt8Or(0),
        };
        return reader.EndBody();
    }
}
