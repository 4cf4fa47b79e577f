using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[[[conversation, deliveredUpTo u64, readUpTo u64] …], marksVersion u64 = 0, settled u64 = 0]</c>. Client: what it has received
/// and read. Not answered. Hot path: reading it allocates nothing but ids not read before.
/// </summary>
public readonly record struct ReceiptFrame : IFrame<ReceiptFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Receipt;

    /// <summary>Cursors, at most <see cref="ProtocolLimits.ListItems"/>. A slice of the body.</summary>
    public FrameList<ReceiptItem> Items { get; init; }

    /// <summary>The version of the last Marks that the client has; 0: none, or not said.</summary>
    public ulong MarksVersion { get; init; }

    /// <summary>The client has, and keeps, the final answers of all its send numbers up to here.</summary>
    public ulong Settled { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes => FrameWriter.MaxArrayBytes + Items.MaxBytes + (2 * FrameWriter.MaxIntegerBytes);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(3);
        writer.List(Items);
        writer.Integer(MarksVersion);
        writer.Integer(Settled);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out ReceiptFrame frame)
    {
        reader.BeginBody(mandatory: 1);
        frame = new ReceiptFrame
        {
            Items = reader.List<ReceiptItem>(ProtocolLimits.ListItems),
            MarksVersion = reader.UInt64Or(0),
            Settled = reader.UInt64Or(0),
        };
        return reader.EndBody();
    }
}
