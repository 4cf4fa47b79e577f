using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// What stands before the records of a section: hash 16 | partition u32 | epoch u32 | number u64 | previous hash 16 |
/// record count u32 | record bytes u32, then the records. The hash is XxHash128 over all that follows it, records included.
/// </summary>
internal readonly record struct SectionHeader(
    UInt128 Hash, int Partition, uint Epoch, ulong Number, UInt128 PreviousHash, int RecordCount, int RecordBytes)
{
    public const int Bytes = 56;

    private const int PartitionOffset = 16;
    private const int EpochOffset = 20;
    private const int NumberOffset = 24;
    private const int PreviousHashOffset = 32;
    private const int RecordCountOffset = 48;
    private const int RecordBytesOffset = 52;

    public static SectionHeader Read(ReadOnlySpan<byte> section) => new(
        BinaryPrimitives.ReadUInt128LittleEndian(section),
        BinaryPrimitives.ReadInt32LittleEndian(section[PartitionOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(section[EpochOffset..]),
        BinaryPrimitives.ReadUInt64LittleEndian(section[NumberOffset..]),
        BinaryPrimitives.ReadUInt128LittleEndian(section[PreviousHashOffset..]),
        BinaryPrimitives.ReadInt32LittleEndian(section[RecordCountOffset..]),
        BinaryPrimitives.ReadInt32LittleEndian(section[RecordBytesOffset..]));

    /// <summary>The hash that belongs to a whole section, header and records.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> section) => XxHash128.HashToUInt128(section[PartitionOffset..]);

    /// <summary>Writes the header before its records and the hash before both; returns the hash.</summary>
    public static UInt128 Seal(Span<byte> section, int partition, uint epoch, ulong number, UInt128 previousHash, int recordCount)
    {
        BinaryPrimitives.WriteInt32LittleEndian(section[PartitionOffset..], partition);
        BinaryPrimitives.WriteUInt32LittleEndian(section[EpochOffset..], epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(section[NumberOffset..], number);
        BinaryPrimitives.WriteUInt128LittleEndian(section[PreviousHashOffset..], previousHash);
        BinaryPrimitives.WriteInt32LittleEndian(section[RecordCountOffset..], recordCount);
        BinaryPrimitives.WriteInt32LittleEndian(section[RecordBytesOffset..], section.Length - Bytes);
        var hash = HashOf(section);
        BinaryPrimitives.WriteUInt128LittleEndian(section, hash);
        return hash;
    }

    /// <summary>Whether the section and each of its records are as they were written, and the records fill it exactly.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> section)
    {
        var header = Read(section);
        if (header.RecordBytes != section.Length - Bytes || header.Hash != HashOf(section)) return false;
        var records = section[Bytes..];
        var count = 0;
        while (!records.IsEmpty)
        {
            if (records.Length < RecordFrame.HeaderBytes) return false;
            var body = RecordFrame.BodyLength(records);
            if (body < 0 || body > records.Length - RecordFrame.HeaderBytes) return false;
            if (!RecordFrame.IsIntact(records[..(RecordFrame.HeaderBytes + body)])) return false;
            records = records[(RecordFrame.HeaderBytes + body)..];
            count++;
        }

        return count == header.RecordCount;
    }
}
