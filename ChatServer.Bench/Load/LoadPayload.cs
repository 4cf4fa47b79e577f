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

    public static void Write(Span<byte> payload, int sender, ulong number, long due)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, sender);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[NumberOffset..], number);
        BinaryPrimitives.WriteInt64LittleEndian(payload[DueOffset..], due);
        var rest = payload[BytesMin..];
        var start = (int)(((ulong)sender * 31 + number * 7) % (ulong)(PatternBytes - rest.Length));
        Pattern.AsSpan(start, rest.Length).CopyTo(rest);
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

    private static byte[] MakePattern()
    {
        var pattern = new byte[PatternBytes];
        new Random(1).NextBytes(pattern);
        return pattern;
    }
}
