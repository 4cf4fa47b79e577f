using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[version u64, [[conversation, user str, deliveredUpTo u64, readUpTo u64] …]]</c>. Server: what others have received and read of
/// what this user wrote. The latest value, acknowledged by its version in Receipt.
/// </summary>
public readonly record struct MarksFrame : IFrame<MarksFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Marks;

    /// <summary>1, 2, 3 … per user; acknowledged in Receipt.</summary>
    public ulong Version { get; init; }

    /// <summary>Marks, at most <see cref="ProtocolLimits.ListItems"/>. A slice of the body when read.</summary>
    public FrameList<MarkItem> Items { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + FrameWriter.MaxIntegerBytes + Items.MaxBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(2);
        writer.Integer(Version);
        writer.List(Items);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out MarksFrame frame)
    {
        reader.BeginBody(mandatory: 2);
        frame = new MarksFrame { Version = reader.UInt64(), Items = reader.List<MarkItem>(ProtocolLimits.ListItems) };
        return reader.EndBody();
    }
}
