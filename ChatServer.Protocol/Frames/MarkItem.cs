using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[conversation, user str, deliveredUpTo u64, readUpTo u64]</c>: how far another user has got in one conversation.
/// </summary>
public readonly record struct MarkItem : IFrameItem<MarkItem>
{
    /// <summary>The conversation, as the receiver of Marks names it.</summary>
    public WireConversation Conversation { get; init; }

    /// <summary>Whose mark it is.</summary>
    public UserId User { get; init; }

    /// <summary>One of their devices keeps every entry up to here.</summary>
    public ulong DeliveredUpTo { get; init; }

    /// <summary>They have read up to here.</summary>
    public ulong ReadUpTo { get; init; }

    /// <inheritdoc/>
    public int MaxBytes =>
        FrameWriter.MaxArrayBytes + FrameWriter.MaxBytes(Conversation) + FrameWriter.MaxBytes(User) + (2 * FrameWriter.MaxIntegerBytes);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(4);
        writer.Conversation(Conversation);
        writer.Id(User);
        writer.Integer(DeliveredUpTo);
        writer.Integer(ReadUpTo);
    }

    /// <inheritdoc/>
    public static MarkItem Read(ref FrameReader reader)
    {
        var outer = reader.BeginArray(mandatory: 4);
        var item = new MarkItem
        {
            Conversation = reader.Conversation(),
            User = reader.User(),
            DeliveredUpTo = reader.UInt64(),
            ReadUpTo = reader.UInt64(),
        };
        reader.EndArray(outer);
        return item;
    }
}
