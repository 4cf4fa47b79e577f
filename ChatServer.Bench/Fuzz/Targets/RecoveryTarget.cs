using System.Buffers.Binary;
using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// A start over files that were changed since they were written: it serves exactly the batches that were written, in order and all
/// that an unharmed slot names as acknowledged, or it refuses in one line. The first byte says which log; then each eight bytes
/// are one change: what, which file, offset, length, value, from where.
/// </summary>
internal sealed class RecoveryTarget : FuzzTarget
{
    private const int ChangeBytes = 8;
    private const int ChangesMax = 24;

    private readonly Log[] _logs = [new(5, 1), new(26, 3)];

    private enum Change
    {
        Flip,
        Fill,
        Zero,
        Truncate,
        Extend,
        CopySector,
        LoseWrite,
        Exchange,

        /// <summary>Changes of somebody who knows the format: from here on anything may be served, but in one piece.</summary>
        ForgeSlot,
        ForgeSegment,
        Count,
    }

    public override string Name => "recovery";

    public override string About => "the files of a log, damaged";

    public override int MaxBytes => 1 + (ChangesMax * ChangeBytes);

    /// <summary>Three starts over up to six files; what a start keeps is a page of 4 KiB and what was replayed.</summary>
    public override FuzzBounds Bounds => new(0, 256 * 1_024, TimeSpan.FromMilliseconds(50));

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0],
        [1],
        .. Enumerable.Range(0, (int)Change.Count).SelectMany(what => new byte[][] { [0, (byte)what, 0, 0, 18, 8, 255, 9, 0], [1, (byte)what, 2, 64, 16, 200, 0, 3, 1] }),
        [1, (byte)Change.Zero, 3, 0, 0, 255, 0, 0, 0, (byte)Change.Flip, 1, 9, 20, 1, 1, 0, 0],
        .. EveryEnd(0),
        .. EveryEnd(1),
    ];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length == 0) return;
        var log = _logs[input[0] % _logs.Length];
        log.Disk.Restore(log.Image);
        var isForged = false;
        for (var at = 1; at + ChangeBytes <= input.Length; at += ChangeBytes) isForged |= Apply(log, input.AsSpan(at, ChangeBytes));
        var floor = log.AcknowledgedByUnharmedSlots();

        meter.Start();
        var (looked, refusal) = Start(log.Disk, changeNothing: true);
        meter.Stop();
        Oracle.Holds(log.Disk.Writes == 0, "a look changes nothing");
        meter.Start();
        var (served, refusalAtStart) = Start(log.Disk, changeNothing: false);
        meter.Stop();
        Oracle.Holds(refusal is not null || refusalAtStart is null, "a look finds what a start finds");
        Oracle.Holds(refusalAtStart is not null || refusal is null || refusal.Contains("something is written", StringComparison.Ordinal), "a look finds more only where no batch is");
        Oracle.Holds(served is not null || input.Length > ChangeBytes, "a log that nobody changed is served");
        if (served is null || looked is null) return;
        Oracle.Holds(Same(looked, served), "a look sees what a start serves");
        var (again, _) = Start(log.Disk, changeNothing: false);
        Oracle.Holds(again is not null && Same(again, served), "a second start serves the same");
        if (isForged) return;
        Oracle.Holds(served.Count <= log.Bodies.Length && Same(served, log.Bodies.Take(served.Count)), "what is served is what was written");
        Oracle.Holds((ulong)served.Count >= floor, "what was acknowledged is served");
    }

    /// <summary>A log whose end is gone from some sector on, for the sectors of its first pages.</summary>
    private static IEnumerable<byte[]> EveryEnd(byte log)
    {
        for (var sector = 8; sector < 24; sector++)
        {
            var offset = sector * StorageDecoders.SectorBytes;
            yield return [log, .. Enumerable.Range(0, 4).SelectMany(i => Zeros(log, offset + (i * 4_080)))];
        }
    }

    private static byte[] Zeros(byte file, int offset) => [(byte)Change.Zero, file, (byte)offset, (byte)(offset >> 8), 255, 0, 0, 0];

    private static (List<byte[]>? Served, string? Refusal) Start(MemoryDisk disk, bool changeNothing)
    {
        try
        {
            return (StorageDecoders.Recover(disk, changeNothing), null);
        }
        catch (StorageException refusal)
        {
            Oracle.Holds(!refusal.Message.Contains('\n', StringComparison.Ordinal), "a refusal is one line");
            Oracle.Holds(refusal.Message.StartsWith(disk.Path, StringComparison.Ordinal), "a refusal names the file");
            return (null, refusal.Message);
        }
    }

    private static bool Same(IEnumerable<byte[]> left, IEnumerable<byte[]> right) => left.SequenceEqual(right, BytesEqual.Instance);

    /// <summary>Whether the change was a forgery.</summary>
    private static bool Apply(Log log, ReadOnlySpan<byte> change)
    {
        var what = (Change)(change[0] % (int)Change.Count);
        var files = log.Disk.Files;
        var place = change[1] % files.Count;
        var file = files[place];
        if (file.Length == 0) return false;
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(change[2..]) % file.Length;
        var target = file.Span[offset..];
        target = target[..Math.Min(target.Length, 1 + (change[4] * 16))];
        var from = BinaryPrimitives.ReadUInt16LittleEndian(change[6..]);
        switch (what)
        {
            case Change.Flip: target[0] ^= (byte)(1 << (change[5] % 8)); break;
            case Change.Fill: target.Fill(change[5]); break;
            case Change.Zero: target.Clear(); break;
            case Change.Truncate: file.SetLength(offset); break;
            case Change.Extend: file.SetLength(file.Length + (change[4] * 16)); break;
            case Change.CopySector: Copy(Sector(files[change[5] % files.Count], from), Sector(file, offset / StorageDecoders.SectorBytes)); break;
            case Change.LoseWrite: LoseWrite(log, place, offset, 1 + (change[4] % 8)); break;
            case Change.Exchange: (target[0], target[^1]) = (target[^1], target[0]); break;
            case Change.ForgeSlot: return Forge(files[^1], change[5] % 2 * StorageDecoders.SlotDistance, StorageDecoders.SlotBytes, StorageDecoders.ResealSlot);
            case Change.ForgeSegment when file != files[^1]: return Forge(file, 0, StorageDecoders.SegmentHeaderBytes, StorageDecoders.ResealSegment);
        }

        return false;
    }

    private static void Copy(Span<byte> from, Span<byte> to)
    {
        // A file that was cut may have no whole sector.
        if (from.Length == to.Length) from.CopyTo(to);
    }

    private static Span<byte> Sector(MemoryDisk.Content file, int number)
    {
        var sectors = file.Length / StorageDecoders.SectorBytes;
        return sectors == 0 ? [] : file.Span.Slice(number % sectors * StorageDecoders.SectorBytes, StorageDecoders.SectorBytes);
    }

    /// <summary>Sectors as another course of the same history had them, as a disk leaves them that forgot what was written last.</summary>
    private static void LoseWrite(Log log, int place, int offset, int sectors)
    {
        var file = log.Disk.Files[place];
        var sector = offset / StorageDecoders.SectorBytes * StorageDecoders.SectorBytes;
        var end = Math.Min(sector + (sectors * StorageDecoders.SectorBytes), Math.Min(file.Length, log.Other[place].Length));
        if (sector < end) log.Other[place].AsSpan(sector..end).CopyTo(file.Span[sector..]);
    }

    private static bool Forge(MemoryDisk.Content file, int offset, int length, SealBytes seal)
    {
        if (file.Length < offset + length) return false;
        seal(file.Span.Slice(offset, length));
        return true;
    }

    private delegate void SealBytes(Span<byte> bytes);

    /// <summary>A log as it was written.</summary>
    private sealed class Log
    {
        public Log(int batches, int unacknowledged)
        {
            var random = new FuzzRandom((ulong)batches);
            Bodies = [.. Enumerable.Range(0, batches).Select(i => random.Bytes(1 + random.Below(i % 5 == 0 ? 2_500 : 300)))];
            Disk = StorageDecoders.WriteLog(Bodies, unacknowledged);
            Image = Disk.Image();
            // Of the same lengths, so that its batches lie where those of the log lie.
            var other = StorageDecoders.WriteLog([.. Bodies.Select((body, i) => i < batches / 2 ? body : random.Bytes(body.Length))], 0);
            Other = other.Image();
        }

        public MemoryDisk Disk { get; }

        public byte[][] Bodies { get; }

        public IReadOnlyList<byte[]> Image { get; }

        /// <summary>Another course of the same history: the first half of the batches is the same.</summary>
        public IReadOnlyList<byte[]> Other { get; }

        /// <summary>What must be served: the highest mark of the slots that are as they were written.</summary>
        public ulong AcknowledgedByUnharmedSlots()
        {
            ulong highest = 0;
            var (slots, written) = (Disk.Files[^1], Image[^1]);
            foreach (var offset in new[] { 0, StorageDecoders.SlotDistance })
            {
                if (slots.Length < offset + StorageDecoders.SlotBytes) continue;
                var slot = written.AsSpan(offset, StorageDecoders.SlotBytes);
                if (slots.Span.Slice(offset, slot.Length).SequenceEqual(slot)) highest = Math.Max(highest, StorageDecoders.AcknowledgedBy(slot));
            }

            return highest;
        }
    }

    private sealed class BytesEqual : IEqualityComparer<byte[]>
    {
        public static readonly BytesEqual Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
