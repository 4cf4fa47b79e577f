using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// The first 64 bytes of a cold file: magic u32 | format u16 | zero u16 | number u32 | record count u32 | record bytes u64 |
/// history id 16 | zeros up to 48 | XxHash128 over those 48. Behind it the records, as they were in the log, and XxHash128 over them.
/// </summary>
internal readonly record struct ColdFileHeader(int Number, int Records, long RecordBytes)
{
    public const int Bytes = 64;
    public const int FooterBytes = 16;

    /// <summary>"CCLD" in the order of the bytes.</summary>
    private const uint Magic = 0x444C4343;
    private const ushort Format = 1;

    private const int FormatOffset = 4;
    private const int NumberOffset = 8;
    private const int RecordsOffset = 12;
    private const int RecordBytesOffset = 16;
    private const int HistoryOffset = 24;
    private const int HashOffset = 48;

    public void Write(Span<byte> header, UInt128 history)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[FormatOffset..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(header[NumberOffset..], Number);
        BinaryPrimitives.WriteInt32LittleEndian(header[RecordsOffset..], Records);
        BinaryPrimitives.WriteInt64LittleEndian(header[RecordBytesOffset..], RecordBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HistoryOffset..], history);
        BinaryPrimitives.WriteUInt128LittleEndian(header[HashOffset..], XxHash128.HashToUInt128(header[..HashOffset]));
    }

    /// <exception cref="StorageException">Not this cold file of this history, damaged, of the wrong length, or of a newer format.</exception>
    public static ColdFileHeader Read(BlockFile file, int number, UInt128 history)
    {
        if (file.Length < Bytes) throw new StorageException($"{file.Path}: {file.Length} bytes long, at least {Bytes} expected");
        Span<byte> header = stackalloc byte[Bytes];
        file.Read(header, 0);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic) throw new StorageException($"{file.Path}: not a cold file, at offset 0");
        if (BinaryPrimitives.ReadUInt128LittleEndian(header[HashOffset..]) != XxHash128.HashToUInt128(header[..HashOffset]))
            throw new StorageException($"{file.Path}: the header does not verify, at offset 0");
        var format = BinaryPrimitives.ReadUInt16LittleEndian(header[FormatOffset..]);
        if (format > Format)
            throw new StorageException($"{file.Path}: written in format {format}, this version knows formats up to {Format}; use a newer chatserver");
        if (BinaryPrimitives.ReadUInt128LittleEndian(header[HistoryOffset..]) != history) throw new StorageException($"{file.Path}: belongs to another data directory");
        var read = new ColdFileHeader(
            BinaryPrimitives.ReadInt32LittleEndian(header[NumberOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[RecordsOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[RecordBytesOffset..]));
        if (read.Number != number) throw new StorageException($"{file.Path}: is cold file {read.Number} under another name");
        var expected = Bytes + read.RecordBytes + FooterBytes;
        return file.Length == expected ? read : throw new StorageException($"{file.Path}: {file.Length} bytes long, {expected} expected");
    }
}
