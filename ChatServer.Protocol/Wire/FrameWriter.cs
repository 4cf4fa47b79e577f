using System.Diagnostics.CodeAnalysis;
using System.Text;
using MessagePack;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// Writes the body of a frame straight into a span that is large enough for its longest form. Hot path: allocates nothing; each
/// value is one bounds check and one copy. A span that is too small is a bug in a frame's size and throws.
/// </summary>
public ref struct FrameWriter
{
    /// <summary>Most bytes of an integer.</summary>
    public const int MaxIntegerBytes = 9;

    /// <summary>Most bytes of an array's header here: no array has more than 65,535 elements.</summary>
    public const int MaxArrayBytes = 3;

    /// <summary>Bytes of a boolean and of nil.</summary>
    public const int BooleanBytes = 1;

    private readonly Span<byte> _destination;

    /// <summary>Writes from the beginning of <paramref name="destination"/>.</summary>
    public FrameWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Most bytes that the id takes.</summary>
    public static int MaxBytes(UserId id) => 2 + id.Value.Length;

    /// <inheritdoc cref="MaxBytes(UserId)"/>
    public static int MaxBytes(DeviceId id) => 2 + id.Value.Length;

    /// <summary>Most bytes that the conversation takes.</summary>
    public static int MaxBytes(WireConversation conversation) => conversation.IsGroup ? MaxIntegerBytes : MaxBytes(conversation.User);

    /// <summary>Most bytes that the text takes; 1 for none, which is nil.</summary>
    public static int MaxBytes(string? text) => text is null ? 1 : 3 + Encoding.UTF8.GetMaxByteCount(text.Length);

    /// <summary>Most bytes that the bytes take.</summary>
    public static int MaxBytes(ReadOnlyMemory<byte> bytes) => 5 + bytes.Length;

    /// <summary>Begins an array; its elements are written next.</summary>
    public void Array(int count)
    {
        if (!MessagePackPrimitives.TryWriteArrayHeader(Rest, (uint)count, out var bytes)) ThrowTooSmall();
        Length += bytes;
    }

    /// <summary>Writes an integer in its shortest form.</summary>
    public void Integer(ulong value)
    {
        if (!MessagePackPrimitives.TryWrite(Rest, value, out var bytes)) ThrowTooSmall();
        Length += bytes;
    }

    /// <summary>Writes a boolean.</summary>
    public void Boolean(bool value)
    {
        if (!MessagePackPrimitives.TryWrite(Rest, value, out var bytes)) ThrowTooSmall();
        Length += bytes;
    }

    /// <summary>Writes nil.</summary>
    public void Nil()
    {
        if (!MessagePackPrimitives.TryWriteNil(Rest, out var bytes)) ThrowTooSmall();
        Length += bytes;
    }

    /// <summary>Writes an id as a string.</summary>
    public void Id(UserId id) => AsciiText(id.Value);

    /// <inheritdoc cref="Id(UserId)"/>
    public void Id(DeviceId id) => AsciiText(id.Value);

    /// <summary>Writes a conversation: a string for a user, an integer for a group.</summary>
    public void Conversation(WireConversation conversation)
    {
        if (conversation.IsGroup) Integer(conversation.Group);
        else AsciiText(conversation.User.Value);
    }

    /// <summary>Writes a string, in UTF-8.</summary>
    public void Text(string text)
    {
        if (!MessagePackPrimitives.TryWriteStringHeader(Rest, (uint)Encoding.UTF8.GetByteCount(text), out var header)) ThrowTooSmall();
        Length += header;
        Length += Encoding.UTF8.GetBytes(text, Rest);
    }

    /// <summary>Writes bytes, as bin.</summary>
    public void Binary(ReadOnlySpan<byte> bytes)
    {
        if (!MessagePackPrimitives.TryWriteBinHeader(Rest, (uint)bytes.Length, out var header)) ThrowTooSmall();
        Length += header;
        bytes.CopyTo(Rest);
        Length += bytes.Length;
    }

    /// <summary>Writes a list: an array of its elements.</summary>
    public void List<T>(FrameList<T> list)
        where T : struct, IFrameItem<T>
    {
        Array(list.Count);
        foreach (var item in list) item.Write(ref this);
    }

    private readonly Span<byte> Rest => _destination[Length..];

    /// <summary>Ids are ASCII: as many bytes as characters, and no second walk to count them.</summary>
    private void AsciiText(string text)
    {
        if (!MessagePackPrimitives.TryWriteStringHeader(Rest, (uint)text.Length, out var header)) ThrowTooSmall();
        Length += header;
        Length += Encoding.ASCII.GetBytes(text, Rest);
    }

    [DoesNotReturn]
    private static void ThrowTooSmall() =>
        throw new InvalidOperationException("the body of a frame is longer than the size that the frame gave for it");
}
