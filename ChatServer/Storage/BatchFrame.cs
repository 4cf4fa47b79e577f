using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// The bytes of a batch: an envelope (<see cref="BatchHeader"/>) and its sections one after another (<see cref="SectionHeader"/>,
/// then the records). The envelope's hash covers its head and the hashes of its sections, which cover their records; the next
/// envelope names it as its previous hash. Integers are little-endian.
/// </summary>
internal static class BatchFrame
{
    /// <summary>The number of the first batch.</summary>
    public const ulong FirstNumber = 1;

    /// <summary>Sections of one batch; a shard has no more partitions than this.</summary>
    public const int MaxSections = 4096;

    private const int HashBytes = 16;

    /// <summary>Bytes around the records of a batch.</summary>
    public static int Overhead(int sections) => BatchHeader.Bytes + (sections * SectionHeader.Bytes);

    /// <summary>Bytes of the envelope with these sections.</summary>
    public static int Length(ReadOnlySpan<Section> sections)
    {
        long length = Overhead(sections.Length);
        foreach (var section in sections) length += section.Length;
        return checked((int)length);
    }

    /// <summary>
    /// Writes an envelope of <see cref="Length"/> bytes; returns its hash. <paramref name="addresses"/> gets the place of each
    /// section's records, counted from <paramref name="logAddress"/>, where the envelope begins.
    /// </summary>
    public static UInt128 Write(
        Span<byte> envelope, ulong number, Durable durable, UInt128 previousHash,
        ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, long logAddress)
    {
        var header = new BatchHeader(sections.Length, envelope.Length, number, durable.BatchNumber, previousHash, default);
        header.Write(envelope);
        var offset = BatchHeader.Bytes;
        for (var i = 0; i < sections.Length; i++)
        {
            var bytes = sections[i].SealedBytes;
            bytes.CopyTo(envelope[offset..]);
            addresses[i] = new SectionAddress(logAddress + offset + SectionHeader.Bytes);
            offset += bytes.Length;
        }

        StorageException.Assert(offset == envelope.Length, "an envelope is not as long as its sections");
        var hash = HashOf(envelope, sections.Length);
        BinaryPrimitives.WriteUInt128LittleEndian(envelope[BatchHeader.HashOffset..], hash);
        return hash;
    }

    /// <summary>Whether these bytes are exactly one envelope, in every part as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> envelope)
    {
        if (!BatchHeader.TryRead(envelope, out var header) || header.Length != envelope.Length) return false;
#if MUTANTS
        if (Core.PlantedBugs.Active == Core.PlantedBug.DamageNotSeen) return true;
#endif
        var rest = envelope[BatchHeader.Bytes..];
        for (var i = 0; i < header.SectionCount; i++)
        {
            if (rest.Length < SectionHeader.Bytes) return false;
            var records = SectionHeader.Read(rest).RecordBytes;
            if (records < 0 || records > rest.Length - SectionHeader.Bytes) return false;
            var length = SectionHeader.Bytes + records;
            if (!SectionHeader.IsIntact(rest[..length])) return false;
            rest = rest[length..];
        }

        return rest.IsEmpty && header.SectionCount <= MaxSections && header.Hash == HashOf(envelope, header.SectionCount);
    }

    /// <summary>Hands out the sections of an envelope that is intact and begins at this address of the log.</summary>
    public static void Replay(ReadOnlySpan<byte> envelope, long logAddress, ReplaySection replay)
    {
        StorageException.Assert(BatchHeader.TryRead(envelope, out var header), "what is replayed was not verified");
        var offset = BatchHeader.Bytes;
        for (var i = 0; i < header.SectionCount; i++)
        {
            var length = SectionHeader.Bytes + SectionHeader.Read(envelope[offset..]).RecordBytes;
            replay(header.Number, new RecoveredSection(envelope.Slice(offset, length), logAddress + offset));
            offset += length;
        }
    }

    private static UInt128 HashOf(ReadOnlySpan<byte> envelope, int sections)
    {
        const int StackSections = 64;
        var length = BatchHeader.HashOffset + (sections * HashBytes);
        var input = sections <= StackSections ? stackalloc byte[BatchHeader.HashOffset + (StackSections * HashBytes)] : new byte[length];
        envelope[..BatchHeader.HashOffset].CopyTo(input);
        var rest = envelope[BatchHeader.Bytes..];
        for (var i = 0; i < sections; i++)
        {
            rest[..HashBytes].CopyTo(input[(BatchHeader.HashOffset + (i * HashBytes))..]);
            rest = rest[(SectionHeader.Bytes + SectionHeader.Read(rest).RecordBytes)..];
        }

        return XxHash128.HashToUInt128(input[..length]);
    }
}
