using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// The first 128 bytes of a checkpoint: magic u32 | format u16 | zero u16 | number u64 | history id 16 | partitions u32 | zero u32 |
/// batch number u64 | end address i64 | batch hash 16 | zeros up to 112 | XxHash128 over those 112. <paramref name="After"/> is the
/// batch that every image is at or beyond: replay begins behind it.
/// </summary>
internal readonly record struct CheckpointHeader(ulong Number, int Partitions, CommitMark After)
{
    public const int Bytes = 128;

    /// <summary>"CCHK" in the order of the bytes.</summary>
    private const uint Magic = 0x4B484343;
    private const ushort Format = 1;

    private const int FormatOffset = 4;
    private const int NumberOffset = 8;
    private const int HistoryOffset = 16;
    private const int PartitionsOffset = 32;
    private const int BatchNumberOffset = 40;
    private const int EndAddressOffset = 48;
    private const int BatchHashOffset = 56;
    private const int HashOffset = 112;

    /// <summary>Returns the hash, which every chunk of the file is bound to.</summary>
    public UInt128 Write(Span<byte> header, UInt128 history)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[FormatOffset..], Format);
        BinaryPrimitives.WriteUInt64LittleEndian(header[NumberOffset..], Number);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HistoryOffset..], history);
        BinaryPrimitives.WriteInt32LittleEndian(header[PartitionsOffset..], Partitions);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BatchNumberOffset..], After.Number);
        BinaryPrimitives.WriteInt64LittleEndian(header[EndAddressOffset..], After.EndAddress);
        BinaryPrimitives.WriteUInt128LittleEndian(header[BatchHashOffset..], After.Hash);
        var hash = XxHash128.HashToUInt128(header[..HashOffset]);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HashOffset..], hash);
        return hash;
    }

    /// <exception cref="StorageException">Not a checkpoint of this history, damaged, or of a newer format.</exception>
    public static CheckpointHeader Read(string path, ReadOnlySpan<byte> header, UInt128 history, out UInt128 hash)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic) throw new StorageException($"{path}: not a checkpoint, at offset 0");
        hash = XxHash128.HashToUInt128(header[..HashOffset]);
        var format = BinaryPrimitives.ReadUInt16LittleEndian(header[FormatOffset..]);
        var isIntact = BinaryPrimitives.ReadUInt128LittleEndian(header[HashOffset..]) == hash;
        if (isIntact && format > Format)
            throw new StorageException($"{path}: written in format {format}, this version knows formats up to {Format}; use a newer chatserver");
        if (!isIntact || format != Format) throw new StorageException($"{path}: the header does not verify, at offset 0");
        if (BinaryPrimitives.ReadUInt128LittleEndian(header[HistoryOffset..]) != history)
            throw new StorageException($"{path}: belongs to another data directory");
        return new CheckpointHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(header[NumberOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[PartitionsOffset..]),
            new CommitMark(
                BinaryPrimitives.ReadUInt64LittleEndian(header[BatchNumberOffset..]),
                BinaryPrimitives.ReadInt64LittleEndian(header[EndAddressOffset..]),
                BinaryPrimitives.ReadUInt128LittleEndian(header[BatchHashOffset..])));
    }
}
