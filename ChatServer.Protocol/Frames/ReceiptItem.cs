using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary><c>[conversation, deliveredUpTo u64, readUpTo u64]</c>: cursors of the client in one conversation.</summary>
public readonly record struct ReceiptItem : IFrameItem<ReceiptItem>
{
    /// <summary>The conversation.</summary>
    public WireConversation Conversation { get; init; }

    /// <summary>This device keeps every entry due to it up to here.</summary>
    public ulong DeliveredUpTo { get; init; }

    /// <summary>The user has read up to here.</summary>
    public ulong ReadUpTo { get; init; }

    /// <inheritdoc/>
    public int MaxBytes => FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Conversation) + (2 * FrameWriter.MaxIntegerBytes);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(3);
        writer.Conversation(Conversation);
        writer.Integer(DeliveredUpTo);
        writer.Integer(ReadUpTo);
    }

    /// <inheritdoc/>
    public static ReceiptItem Read(ref FrameReader reader)
    {
        var outer = reader.BeginArray(mandatory: 3);
        var item = new ReceiptItem
        {
            Conversation = reader.Conversation(),
            DeliveredUpTo = reader.UInt64(),
            ReadUpTo = reader.UInt64(),
        };
        reader.EndArray(outer);
        return item;
    }
}
