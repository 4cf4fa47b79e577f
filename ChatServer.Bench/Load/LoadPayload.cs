using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Bench.Load;

/// <summary>
/// The bytes of a message: who sent it, its number, when it was due, then bytes that differ from message to message, so that no two
/// have the same hash.
/// </summary>
internal static class LoadPayload
{
    public const int BytesMin = 20;

    private const int NumberOffset = 4;
    private const int DueOffset = 12;
    private const int PatternBytes = 32 * 1_024;

    private static readonly byte[] Pattern = MakePattern();

    /// <summary>Whether these are, byte by byte, what <see cref="Write"/> makes of the rest.</summary>
    public static bool IsThat(ReadOnlySpan<byte> payload, int sender, ulong number, long due)
    {
        if (payload.Length < BytesMin || BinaryPrimitives.ReadInt32LittleEndian(payload) != sender) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(payload[NumberOffset..]) != number || BinaryPrimitives.ReadInt64LittleEndian(payload[DueOffset..]) != due) return false;
        var rest = payload[BytesMin..];
        return Pattern.AsSpan(StartOf(sender, number, rest.Length), rest.Length).SequenceEqual(rest);
    }

    public static void Write(Span<byte> payload, int sender, ulong number, long due)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, sender);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[NumberOffset..], number);
        BinaryPrimitives.WriteInt64LittleEndian(payload[DueOffset..], due);
        var rest = payload[BytesMin..];
        Pattern.AsSpan(StartOf(sender, number, rest.Length), rest.Length).CopyTo(rest);
    }

    /// <summary>When the message was due; false: these are no bytes of ours.</summary>
    public static bool TryReadDue(ReadOnlySpan<byte> payload, out long due)
    {
        due = 0;
        if (payload.Length < BytesMin) return false;
        due = BinaryPrimitives.ReadInt64LittleEndian(payload[DueOffset..]);
        return true;
    }

    public static ulong HashOf(ReadOnlySpan<byte> payload) => XxHash3.HashToUInt64(payload);

    private static int StartOf(int sender, ulong number, int bytes) => (int)(((ulong)sender * 31 + number * 7) % (ulong)(PatternBytes - bytes));

    private static byte[] MakePattern()
    {
        var pattern = new byte[PatternBytes];
        new Random(1).NextBytes(pattern);
        return pattern;
    }
}
