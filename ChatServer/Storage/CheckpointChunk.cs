using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// What stands before the content of a chunk: hash 16 | index u32 | kind u32 | partition u32 | length u32. The hash is XxHash128
/// over all that follows it, seeded by the header of the file, so a chunk of another file or at another place does not verify.
/// </summary>
internal readonly record struct CheckpointChunk(UInt128 Hash, uint Index, uint Kind, int Partition, int Length)
{
    public const int Bytes = 32;

    /// <summary>The last chunk; its content is the number of the last batch that the images hold effects of.</summary>
    public const uint End = 0;

    /// <summary>Larger ones do not come about: a piece of an image holds one user more than its size at most.</summary>
    public const int MaxLength = 1 << 28;

    private const int IndexOffset = 16;
    private const int KindOffset = 20;
    private const int PartitionOffset = 24;
    private const int LengthOffset = 28;

    public static CheckpointChunk Read(ReadOnlySpan<byte> chunk) => new(
        BinaryPrimitives.ReadUInt128LittleEndian(chunk),
        BinaryPrimitives.ReadUInt32LittleEndian(chunk[IndexOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(chunk[KindOffset..]),
        BinaryPrimitives.ReadInt32LittleEndian(chunk[PartitionOffset..]),
        BinaryPrimitives.ReadInt32LittleEndian(chunk[LengthOffset..]));

    /// <summary>Writes what stands before the content.</summary>
    public static void Write(Span<byte> header, uint index, uint kind, int partition, ReadOnlySpan<byte> content, UInt128 file)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header[IndexOffset..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(header[KindOffset..], kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[PartitionOffset..], partition);
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], content.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(header, HashOf(header, content, file));
    }

    public bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> content, UInt128 file) => Hash == HashOf(header, content, file);

    private static UInt128 HashOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> content, UInt128 file)
    {
        var hash = new XxHash128(unchecked((long)file));
        hash.Append(header[IndexOffset..Bytes]);
        hash.Append(content);
        return hash.GetCurrentHashAsUInt128();
    }
}
