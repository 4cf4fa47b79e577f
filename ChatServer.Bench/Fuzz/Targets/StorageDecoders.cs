using System.Buffers.Binary;
using System.IO.Hashing;
using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// The one door to what the storage reads: batches, the files of a log, cluster.json. With it, the checksums of bytes that were
/// changed can be made right again, so that the search comes behind them.
/// </summary>
internal static class StorageDecoders
{
    public const int PageBytes = 4_096;
    public const int SegmentBytes = 4 * PageBytes;
    public const int SectorBytes = 512;
    public const int SlotBytes = 512;
    public const int SlotDistance = 4_096;
    public const int SegmentHeaderBytes = SegmentHeader.Bytes;

    private const int SlotHashOffset = 64;
    private const int SegmentHashOffset = 64;
    private const long Window = 1 << 20;

    public static readonly UInt128 History = new(0x0123456789ABCDEF, 0xFEDCBA9876543210);

    private static readonly LogGeometry Geometry = new(PageBytes, SegmentBytes, SectorBytes);

    public static bool IsIntact(ReadOnlySpan<byte> envelope) => BatchFrame.IsIntact(envelope);

    /// <summary>Most bytes of an envelope for <see cref="FoundInPage"/>.</summary>
    public const int FitsPageBytes = PageBytes - (2 * SectorBytes);

    /// <summary>What is found where an entry of the log is expected when the envelope lies there, padded with zeros to a sector as the log pads.</summary>
    public static byte[]? FoundInPage(ReadOnlySpan<byte> envelope)
    {
        var page = new byte[PageBytes];
        var (start, length) = LogEntry.Place(Geometry, SectorBytes, envelope.Length);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan((int)start), length - LogEntry.HeaderBytes);
        envelope.CopyTo(page.AsSpan((int)start + LogEntry.HeaderBytes));
        if (!LogEntry.TryRead(Geometry, page, (int)start, out var header, out var found) || found != length) return null;
        return page.AsSpan((int)start + LogEntry.HeaderBytes, header.Length).ToArray();
    }

    /// <summary>Reads an envelope that is intact and writes what was read again; null when a section is of no partition.</summary>
    public static byte[]? Rewritten(ReadOnlySpan<byte> envelope)
    {
        var sections = new List<Section>();
        var isOfPartitions = true;
        BatchFrame.Replay(envelope, 0, (_, read) =>
        {
            isOfPartitions &= read.Partition >= 0;
            var section = new Section(Math.Max(0, read.Partition));
            section.Open(read.Number, read.Epoch, read.PreviousHash);
            foreach (var record in read) section.Append(record.Kind, record.Version, record.Body);
            sections.Add(section);
        });
        if (!isOfPartitions || !BatchHeader.TryRead(envelope, out var header)) return null;
        return Envelope(header.Number, header.Durable, header.PreviousHash, sections, out _);
    }

    public static byte[] Envelope(ulong number, ulong durable, UInt128 previousHash, List<Section> sections, out UInt128 hash)
    {
        var ordered = sections.ToArray();
        var bytes = new byte[BatchFrame.Length(ordered)];
        hash = BatchFrame.Write(bytes, number, Durable.UpTo(durable), previousHash, ordered, new SectionAddress[ordered.Length], 0);
        return bytes;
    }

    /// <summary>Makes the checksums of records, sections and envelope right, as far as the lengths in them go.</summary>
    public static void Reseal(Span<byte> envelope)
    {
        if (!BatchHeader.TryRead(envelope, out var header)) return;
        var hashed = new XxHash128();
        hashed.Append(envelope[..BatchHeader.HashOffset]);
        var rest = envelope[BatchHeader.Bytes..];
        for (var i = 0; i < header.SectionCount && rest.Length >= SectionHeader.Bytes; i++)
        {
            var read = SectionHeader.Read(rest);
            if (read.RecordBytes < 0 || read.RecordBytes > rest.Length - SectionHeader.Bytes) return;
            var section = rest[..(SectionHeader.Bytes + read.RecordBytes)];
            ResealRecords(section[SectionHeader.Bytes..]);
            SectionHeader.Seal(section, read.Partition, read.Epoch, read.Number, read.PreviousHash, read.RecordCount);
            hashed.Append(section[..sizeof(ulong)]);
            hashed.Append(section[sizeof(ulong)..(2 * sizeof(ulong))]);
            rest = rest[section.Length..];
        }

        BinaryPrimitives.WriteUInt128LittleEndian(envelope[BatchHeader.HashOffset..], hashed.GetCurrentHashAsUInt128());
    }

    /// <summary>The files of a log with these batches, one record each, of which the last few were never acknowledged.</summary>
    public static MemoryDisk WriteLog(IReadOnlyList<byte[]> bodies, int unacknowledged)
    {
        var disk = new MemoryDisk();
        var (tail, hash) = (LogGeometry.FirstAddress, (UInt128)0);
        var ends = new List<CommitMark> { CommitMark.Origin };
        for (var i = 0; i < bodies.Count; i++)
        {
            var section = new Section(i % 4);
            section.Open((ulong)i + 1, 1, 0);
            section.Append(1, 1, bodies[i]);
            var durable = Math.Min(i / 2 * 2, bodies.Count - unacknowledged);
            var envelope = Envelope((ulong)i + 1, (ulong)durable, hash, [section], out hash);
            var (start, length) = LogEntry.Place(Geometry, tail, envelope.Length);
            var entry = new byte[length];
            BinaryPrimitives.WriteInt32LittleEndian(entry, length - LogEntry.HeaderBytes);
            envelope.CopyTo(entry, LogEntry.HeaderBytes);
            var file = disk.Segment(Geometry.Segment(start), () => NewSegment(Geometry.Segment(start)));
            entry.CopyTo(file, (int)(SegmentHeader.Bytes + (start % SegmentBytes)));
            tail = start + length;
            ends.Add(new CommitMark((ulong)i + 1, tail, hash));
        }

        // The next segment is always laid out in advance.
        disk.Segment(disk.SegmentCount, () => NewSegment(disk.SegmentCount));
        using var slots = CommitSlots.Create(disk, History);
        foreach (var mark in ends[..^unacknowledged]) slots.Write(mark);
        return disk;
    }

    /// <summary>A start after a crash, or a look that changes nothing. What was replayed, batch by batch.</summary>
    /// <exception cref="StorageException">What was acknowledged does not verify.</exception>
    public static List<byte[]> Recover(MemoryDisk disk, bool changeNothing)
    {
        var replayed = new List<byte[]>();
        using var files = SegmentFiles.Open(disk, History);
        using var slots = CommitSlots.Open(disk, History);
        void Replay(ulong batch, RecoveredSection section)
        {
            Oracle.Holds(batch == (ulong)replayed.Count + 1, "batches are replayed in order");
            foreach (var record in section) replayed.Add(record.Body.ToArray());
        }

        var last = changeNothing ? LogRecovery.Verify(files, slots, LogStart.Beginning, Window, Replay, out _) : LogRecovery.Run(files, slots, LogStart.Beginning, Window, Replay);
        Oracle.Holds(last.Number == (ulong)replayed.Count, "recovery says how far it came");
        if (!changeNothing) Oracle.Holds(IsZeroBehind(disk, last.EndAddress), "nothing is left behind the end that could be taken for a batch or for damage later");
        return replayed;
    }

    /// <summary>The number that a slot states as acknowledged.</summary>
    public static ulong AcknowledgedBy(ReadOnlySpan<byte> slot) => BinaryPrimitives.ReadUInt64LittleEndian(slot[16..]);

    public static void ResealSlot(Span<byte> slot) =>
        BinaryPrimitives.WriteUInt128LittleEndian(slot[SlotHashOffset..], XxHash128.HashToUInt128(slot[..SlotHashOffset]));

    public static void ResealSegment(Span<byte> header) =>
        BinaryPrimitives.WriteUInt128LittleEndian(header[SegmentHashOffset..], XxHash128.HashToUInt128(header[..SegmentHashOffset]));

    public static ClusterSettings ReadCluster(string path) => ClusterFile.Read(path);

    public static byte[] ClusterBytes(string path, ClusterSettings settings)
    {
        ClusterFile.Write(path, settings);
        return File.ReadAllBytes(path);
    }

    private static bool IsZeroBehind(MemoryDisk disk, long end)
    {
        for (var number = 0; number < disk.SegmentCount; number++)
        {
            var used = (int)Math.Clamp(end - ((long)number * SegmentBytes), 0, SegmentBytes);
            if (disk.Files[number].Span[(SegmentHeader.Bytes + used)..].ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }

    private static byte[] NewSegment(int number)
    {
        var bytes = new byte[SegmentHeader.Bytes + SegmentBytes];
        SegmentHeader.Write(bytes.AsSpan(0, SegmentHeader.Bytes), Geometry, number, History);
        return bytes;
    }

    private static void ResealRecords(Span<byte> records)
    {
        while (records.Length >= RecordFrame.HeaderBytes)
        {
            var body = RecordFrame.BodyLength(records);
            if (body < 0 || body > records.Length - RecordFrame.HeaderBytes) return;
            var record = records[..(RecordFrame.HeaderBytes + body)];
            RecordFrame.Seal(record, RecordFrame.Kind(record), RecordFrame.Version(record));
            records = records[record.Length..];
        }
    }
}
