using System.Buffers.Binary;

namespace ChatServer.Storage;

/// <summary>
/// The head of an envelope: magic u32 | format u16 | section count u16 | length u32 | zero u32 | number u64 | durable u64 |
/// previous hash 16 | hash 16. <paramref name="Length"/> is that of the whole envelope. <paramref name="Durable"/> is the last
/// batch that was known to be on disk when this one was appended: what lies up to it was acknowledged, which is how recovery
/// tells damage from a tail that a crash tore.
/// </summary>
internal readonly record struct BatchHeader(int SectionCount, int Length, ulong Number, ulong Durable, UInt128 PreviousHash, UInt128 Hash)
{
    public const int Bytes = 64;

    /// <summary>What the hash covers of the head: all before it.</summary>
    public const int HashOffset = 48;

    /// <summary>"CBAT" in the order of the bytes.</summary>
    private const uint Magic = 0x54414243;
    private const ushort Format = 1;

    private const int FormatOffset = 4;
    private const int SectionCountOffset = 6;
    private const int LengthOffset = 8;
    private const int ZeroOffset = 12;
    private const int NumberOffset = 16;
    private const int DurableOffset = 24;
    private const int PreviousHashOffset = 32;

    /// <summary>False when these bytes are not the head of an envelope that this version can have written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> envelope, out BatchHeader header)
    {
        header = default;
        if (envelope.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(envelope) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(envelope[FormatOffset..]) != Format
            || BinaryPrimitives.ReadUInt32LittleEndian(envelope[ZeroOffset..]) != 0) return false;
        header = new BatchHeader(
            BinaryPrimitives.ReadUInt16LittleEndian(envelope[SectionCountOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(envelope[LengthOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(envelope[NumberOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(envelope[DurableOffset..]),
            BinaryPrimitives.ReadUInt128LittleEndian(envelope[PreviousHashOffset..]),
            BinaryPrimitives.ReadUInt128LittleEndian(envelope[HashOffset..]));
        return header.SectionCount > 0 && header.Length >= Bytes + ((long)header.SectionCount * SectionHeader.Bytes);
    }

    public void Write(Span<byte> envelope)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(envelope, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(envelope[FormatOffset..], Format);
        BinaryPrimitives.WriteUInt16LittleEndian(envelope[SectionCountOffset..], checked((ushort)SectionCount));
        BinaryPrimitives.WriteInt32LittleEndian(envelope[LengthOffset..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(envelope[ZeroOffset..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(envelope[NumberOffset..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(envelope[DurableOffset..], Durable);
        BinaryPrimitives.WriteUInt128LittleEndian(envelope[PreviousHashOffset..], PreviousHash);
        BinaryPrimitives.WriteUInt128LittleEndian(envelope[HashOffset..], Hash);
    }
}
