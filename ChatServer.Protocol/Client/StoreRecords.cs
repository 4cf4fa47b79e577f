using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// The file of a <see cref="FileClientStore"/>: eight bytes of magic, then records <c>length u32 | checksum u32 | kind u8 | body</c>,
/// big-endian; length counts kind and body, the checksum is the lower half of their XxHash3-64. A conversation is a length byte and the
/// user's id, or 0 and the group's id as u64.
/// </summary>
internal static class StoreRecords
{
    private const int HeaderBytes = 8;
    private const int MaxRecordBytes = 32 * 1_024;

    /// <summary>What the file begins with; the last two digits are the version of its format.</summary>
    public static ReadOnlySpan<byte> Magic => "CHATST01"u8;

    public static void Write(IBufferWriter<byte> output, StoreRecordKind kind, ReadOnlySpan<byte> body)
    {
        var span = output.GetSpan(HeaderBytes + 1 + body.Length);
        span[HeaderBytes] = (byte)kind;
        body.CopyTo(span[(HeaderBytes + 1)..]);
        BinaryPrimitives.WriteUInt32BigEndian(span, (uint)body.Length + 1);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], Checksum(span.Slice(HeaderBytes, body.Length + 1)));
        output.Advance(HeaderBytes + 1 + body.Length);
    }

    public static void WriteNumber(IBufferWriter<byte> output, StoreRecordKind kind, ulong number)
    {
        Span<byte> body = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(body, number);
        Write(output, kind, body);
    }

    public static void WriteAttempt(IBufferWriter<byte> output, ulong instance, uint attempt)
    {
        Span<byte> body = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(body, instance);
        BinaryPrimitives.WriteUInt32BigEndian(body[sizeof(ulong)..], attempt);
        Write(output, StoreRecordKind.Attempt, body);
    }

    public static void WriteSend(IBufferWriter<byte> output, StoredSend send)
    {
        Span<byte> body = stackalloc byte[sizeof(ulong) + 1 + ProtocolLimits.UserIdBytes + ProtocolLimits.PayloadBytes];
        BinaryPrimitives.WriteUInt64BigEndian(body, send.SendNumber);
        var length = sizeof(ulong) + WriteConversation(body[sizeof(ulong)..], send.Conversation);
        send.Payload.Span.CopyTo(body[length..]);
        Write(output, StoreRecordKind.Send, body[..(length + send.Payload.Length)]);
    }

    public static void WriteCursors(IBufferWriter<byte> output, StoredCursors cursors)
    {
        Span<byte> body = stackalloc byte[(2 * sizeof(ulong)) + 1 + ProtocolLimits.UserIdBytes];
        BinaryPrimitives.WriteUInt64BigEndian(body, cursors.DeliveredUpTo);
        BinaryPrimitives.WriteUInt64BigEndian(body[sizeof(ulong)..], cursors.ReadUpTo);
        var length = (2 * sizeof(ulong)) + WriteConversation(body[(2 * sizeof(ulong))..], cursors.Conversation);
        Write(output, StoreRecordKind.Cursors, body[..length]);
    }

    /// <summary>Everything that a store holds, as a new file: magic and records.</summary>
    public static void WriteAll(IBufferWriter<byte> output, StoredState state)
    {
        output.Write(Magic);
        Write(output, StoreRecordKind.Token, state.Token.Span);

        // History first: applying it forgets the cursors before it.
        Write(output, StoreRecordKind.History, state.History.Span);
        WriteAttempt(output, state.Instance, state.Attempt);
        WriteNumber(output, StoreRecordKind.LastSendNumber, state.LastSendNumber);
        foreach (var send in state.UnansweredSends) WriteSend(output, send);
        foreach (var cursors in state.Cursors) WriteCursors(output, cursors);
        WriteNumber(output, StoreRecordKind.MarksVersion, state.MarksVersion);
    }

    /// <summary>
    /// Applies the records of a file, up to the first that is torn or damaged; the bytes of those that are whole, magic included.
    /// </summary>
    public static int Replay(ReadOnlyMemory<byte> file, MemoryClientStore store)
    {
        var position = Magic.Length;
        while (TryNext(file[position..], out var record))
        {
            if (!TryApply(record, store)) break;
            position += HeaderBytes + record.Length;
        }

        return position;
    }

    private static bool TryNext(ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> record)
    {
        record = default;
        if (rest.Length < HeaderBytes) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
        if (length is 0 or > MaxRecordBytes || length > rest.Length - HeaderBytes) return false;
        record = rest.Slice(HeaderBytes, (int)length);
        return BinaryPrimitives.ReadUInt32BigEndian(rest.Span[4..]) == Checksum(record.Span);
    }

    private static bool TryApply(ReadOnlyMemory<byte> record, MemoryClientStore store)
    {
        var kind = (StoreRecordKind)record.Span[0];
        var body = record[1..];
        switch (kind)
        {
            case StoreRecordKind.Token:
                store.KeepToken(body.Span);
                return true;
            case StoreRecordKind.History:
                store.KeepHistory(body.Span);
                return true;
            case StoreRecordKind.Attempt when body.Length == sizeof(ulong) + sizeof(uint):
                store.KeepAttempt(Number(body, 0), BinaryPrimitives.ReadUInt32BigEndian(body.Span[sizeof(ulong)..]));
                return true;
            case StoreRecordKind.Send when body.Length > sizeof(ulong) && TryConversation(body[sizeof(ulong)..], out var to, out var payload):
                store.KeepSend(new StoredSend(Number(body, 0), to, payload));
                return true;
            case StoreRecordKind.Answer when body.Length == sizeof(ulong):
                store.KeepAnswer(Number(body, 0));
                return true;
            case StoreRecordKind.Cursors when body.Length > 16 && TryConversation(body[16..], out var conversation, out _):
                store.KeepCursors(new StoredCursors(conversation, Number(body, 0), Number(body, 1)));
                return true;
            case StoreRecordKind.MarksVersion when body.Length == sizeof(ulong):
                store.KeepMarksVersion(Number(body, 0));
                return true;
            case StoreRecordKind.LastSendNumber when body.Length == sizeof(ulong):
                store.KeepLastSendNumber(Number(body, 0));
                return true;
            default:
                return false;
        }
    }

    private static ulong Number(ReadOnlyMemory<byte> body, int index) =>
        BinaryPrimitives.ReadUInt64BigEndian(body.Span[(index * sizeof(ulong))..]);

    private static int WriteConversation(Span<byte> destination, WireConversation conversation)
    {
        if (conversation.IsGroup)
        {
            destination[0] = 0;
            BinaryPrimitives.WriteUInt64BigEndian(destination[1..], conversation.Group);
            return 1 + sizeof(ulong);
        }

        destination[0] = (byte)Encoding.ASCII.GetBytes(conversation.User.Value, destination[1..]);
        return 1 + destination[0];
    }

    private static bool TryConversation(ReadOnlyMemory<byte> source, out WireConversation conversation, out ReadOnlyMemory<byte> rest)
    {
        conversation = default;
        rest = default;
        var length = source.Span[0] == 0 ? sizeof(ulong) : source.Span[0];
        if (source.Length < 1 + length) return false;
        var name = source.Span.Slice(1, length);
        rest = source[(1 + length)..];
        if (source.Span[0] == 0)
        {
            conversation = WireConversation.OfGroup(BinaryPrimitives.ReadUInt64BigEndian(name));
            return !conversation.IsNone;
        }

        if (!UserId.TryParse(name, out var user)) return false;
        conversation = WireConversation.Direct(user);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> record) => (uint)XxHash3.HashToUInt64(record);
}
