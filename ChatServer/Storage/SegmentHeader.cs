using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// The first 4,096 bytes of a segment file: magic u32 | format u16 | zero u16 | page bytes u32 | segment bytes u32 |
/// sector bytes u32 | segment number u32 | history id 16 | zeros up to 64 | XxHash128 over those 64. The log's bytes follow.
/// </summary>
internal static class SegmentHeader
{
    public const int Bytes = 4096;

    /// <summary>"CSEG" in the order of the bytes.</summary>
    private const uint Magic = 0x47455343;
    private const ushort Format = 1;

    private const int FormatOffset = 4;
    private const int PageBytesOffset = 8;
    private const int SegmentBytesOffset = 12;
    private const int SectorBytesOffset = 16;
    private const int NumberOffset = 20;
    private const int HistoryOffset = 24;
    private const int HashOffset = 64;
    private const int HashBytes = 16;

    public static void Write(Span<byte> header, LogGeometry geometry, int number, UInt128 history)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[FormatOffset..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(header[PageBytesOffset..], geometry.PageBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[SegmentBytesOffset..], geometry.SegmentBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[SectorBytesOffset..], geometry.SectorBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[NumberOffset..], number);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HistoryOffset..], history);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HashOffset..], XxHash128.HashToUInt128(header[..HashOffset]));
    }

    /// <summary>Where something is written behind what the header states; -1: nowhere. Nothing is read from there.</summary>
    public static int StrayOffset(ReadOnlySpan<byte> header)
    {
        var stray = header[(HashOffset + HashBytes)..Bytes].IndexOfAnyExcept((byte)0);
        return stray < 0 ? stray : stray + HashOffset + HashBytes;
    }

    /// <summary>The geometry it states; throws when the file is not this segment of this history.</summary>
    public static LogGeometry Read(string path, ReadOnlySpan<byte> header, int number, UInt128 history)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic) throw new StorageException($"{path}: not a segment of a log, at offset 0");
        var format = BinaryPrimitives.ReadUInt16LittleEndian(header[FormatOffset..]);
        if (format > Format)
            throw new StorageException($"{path}: written in format {format}, this version knows formats up to {Format}; use a newer chatserver");
        if (BinaryPrimitives.ReadUInt128LittleEndian(header[HashOffset..]) != XxHash128.HashToUInt128(header[..HashOffset]))
            throw new StorageException($"{path}: the header does not verify, at offset 0");
        if (BinaryPrimitives.ReadUInt128LittleEndian(header[HistoryOffset..]) != history)
            throw new StorageException($"{path}: belongs to the log of another data directory");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[NumberOffset..]) != number)
            throw new StorageException($"{path}: is segment {BinaryPrimitives.ReadInt32LittleEndian(header[NumberOffset..])} under another name");
        var geometry = new LogGeometry(
            BinaryPrimitives.ReadInt32LittleEndian(header[PageBytesOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[SegmentBytesOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[SectorBytesOffset..]));
        return geometry.IsValid ? geometry : throw new StorageException($"{path}: the header states impossible sizes, at offset 0");
    }
}
