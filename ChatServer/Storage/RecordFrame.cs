using System.Buffers.Binary;

namespace ChatServer.Storage;

/// <summary>
/// The bytes of a record, which never change: length of the body u32 | kind u8 | version u8 | CRC-32C u32 | body, integers
/// little-endian as everywhere in the log. The checksum covers the six bytes before it and the body, so a record can be read and
/// verified without anything around it.
/// </summary>
internal static class RecordFrame
{
    public const int HeaderBytes = 10;

    private const int KindOffset = 4;
    private const int VersionOffset = 5;
    private const int ChecksumOffset = 6;

    public static int BodyLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record);

    public static byte Kind(ReadOnlySpan<byte> record) => record[KindOffset];

    public static byte Version(ReadOnlySpan<byte> record) => record[VersionOffset];

    /// <summary>Completes a record whose body already stands behind the header.</summary>
    public static void Seal(Span<byte> record, byte kind, byte version)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeaderBytes);
        record[KindOffset] = kind;
        record[VersionOffset] = version;
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumOffset..], Checksum(record));
    }

    /// <summary>Whether these bytes are exactly one record, as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record) =>
        record.Length >= HeaderBytes
        && BodyLength(record) == record.Length - HeaderBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(record[ChecksumOffset..]) == Checksum(record);

    private static uint Checksum(ReadOnlySpan<byte> record) =>
        Crc32C.Append(Crc32C.Of(record[..ChecksumOffset]), record[HeaderBytes..]);
}
