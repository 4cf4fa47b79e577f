using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[conversation, sequence u64, previous u64, sender str, senderDevice str, sendNumber u64, serverTime u64, contentKind u8,
/// payload bin]</c>. Server: an entry of a conversation. Hot path: writing it allocates nothing.
/// </summary>
public readonly record struct MessageFrame : IFrame<MessageFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Message;

    /// <summary>The conversation, as the receiver names it.</summary>
    public WireConversation Conversation { get; init; }

    /// <summary>The entry's place in it.</summary>
    public ulong Sequence { get; init; }

    /// <summary>
    /// The sequence of the entry pushed before it in this conversation and session, or the device's delivered cursor for the first;
    /// what lies between is not due to this device.
    /// </summary>
    public ulong Previous { get; init; }

    /// <summary>Who wrote it.</summary>
    public UserId Sender { get; init; }

    /// <summary>On which device.</summary>
    public DeviceId SenderDevice { get; init; }

    /// <summary>The sender's number of it, for the sender's other devices.</summary>
    public ulong SendNumber { get; init; }

    /// <summary>When it got its place, milliseconds since 1970 UTC.</summary>
    public ulong ServerTime { get; init; }

    /// <summary>What it is.</summary>
    public ContentKind ContentKind { get; init; }

    /// <summary>The message. A slice of the body when read.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes =>
        FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Conversation) + FrameWriter.MaxBytes(Sender) + FrameWriter.MaxBytes(SenderDevice)
        + (5 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Payload);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(9);
        writer.Conversation(Conversation);
        writer.Integer(Sequence);
        writer.Integer(Previous);
        writer.Id(Sender);
        writer.Id(SenderDevice);
        writer.Integer(SendNumber);
        writer.Integer(ServerTime);
        writer.Integer((byte)ContentKind);
        writer.Binary(Payload.Span);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out MessageFrame frame)
    {
        reader.BeginBody(mandatory: 9);
        frame = new MessageFrame
        {
            Conversation = reader.Conversation(),
            Sequence = reader.UInt64(min: 1),
            Previous = reader.UInt64(),
            Sender = reader.User(),
            SenderDevice = reader.Device(),
            SendNumber = reader.UInt64(min: 1),
            ServerTime = reader.UInt64(),
            ContentKind = (ContentKind)reader.UInt8(),
            Payload = reader.Binary(ProtocolLimits.PayloadBytes),
        };
        return reader.EndBody();
    }
}
