using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>
/// The file <c>commits</c>: two slots of 512 bytes, 4,096 bytes apart so that no device tears both, written in turn and synced
/// before an acknowledgement or soon after it (<see cref="CommitLogOptions.MarkDelay"/>). A slot: magic u32 | format u16 | zero u16 | sequence u64 | batch number u64 | end address i64 |
/// batch hash 16 | history id 16 | XxHash128 over all that. The newest readable slot is the mark that recovery must reach; what
/// lies beyond it is found by following the chain, so one unreadable slot loses nothing. The thread that commits.
/// </summary>
internal sealed class CommitSlots : IDisposable
{
    public const string FileName = "commits";

    private const int SlotBytes = 512;
    private const int SlotDistance = 4096;
    private const int Slots = 2;
    private const uint Magic = 0x544C5343;
    private const ushort Format = 1;

    private const int FormatOffset = 4;
    private const int SequenceOffset = 8;
    private const int NumberOffset = 16;
    private const int EndAddressOffset = 24;
    private const int BatchHashOffset = 32;
    private const int HistoryOffset = 48;
    private const int HashOffset = 64;
    private const int HashBytes = 16;

    private readonly BlockFile _file;
    private readonly UInt128 _history;
    private readonly byte[] _slot = new byte[SlotBytes];
    private readonly List<CommitMark> _marks = [];
    private ulong _sequence;

    private CommitSlots(BlockFile file, UInt128 history)
    {
        _file = file;
        _history = history;
    }

    /// <summary>The marks of the slots that could be read at the start, the older first.</summary>
    public IReadOnlyList<CommitMark> Marks => _marks;

    /// <summary>Both could be read, so nothing was acknowledged for longer than <see cref="CommitLogOptions.MarkDelay"/> that is beyond the newer one.</summary>
    public bool AreWhole => _marks.Count == Slots;

    public string Path => _file.Path;

    /// <summary>
    /// Where the file is not as it was made beside the slots and what they state: something is written there, or it ends too early;
    /// -1: nowhere. Nothing is read from there.
    /// </summary>
    public long StrayOffset()
    {
        if (_file.Length != Slots * SlotDistance) return Math.Min(_file.Length, Slots * SlotDistance);
        var bytes = new byte[_file.Length];
        _file.Read(bytes, 0);
        for (var i = 0; i < Slots; i++)
        {
            var slot = OffsetOf((ulong)i);
            if (slot < bytes.Length) bytes.AsSpan((int)slot, Math.Min(HashOffset + HashBytes, bytes.Length - (int)slot)).Clear();
        }

        return bytes.AsSpan().IndexOfAnyExcept((byte)0);
    }

    /// <summary>Of a log without batches.</summary>
    public static CommitSlots Create(BlockFolder folder, UInt128 history)
    {
        Create(folder, history, CommitMark.Origin);
        return Open(folder, history);
    }

    /// <summary>Of a log that ends with this batch.</summary>
    public static void Create(BlockFolder folder, UInt128 history, CommitMark mark)
    {
        const string NewName = FileName + BlockFolder.NewExtension;
        folder.DeleteIfExists(NewName);
        using (var slots = new CommitSlots(folder.Open(NewName, true), history))
        {
            slots._file.WriteZeros(0, Slots * SlotDistance);
            for (var i = 0; i < Slots; i++) slots.Write(mark);
        }

        // Under its name only when both slots are on disk, so a crash in between never looks like two lost slots.
        folder.Rename(NewName, FileName);
        folder.Sync();
    }

    public static CommitSlots Open(BlockFolder folder, UInt128 history)
    {
        if (!folder.Exists(FileName))
            throw new StorageException($"{folder.PathOf(FileName)}: the file is missing, it is not known how far the log was acknowledged");
        var slots = new CommitSlots(folder.Open(FileName, false), history);
        try
        {
            slots.Load();
        }
        catch
        {
            slots.Dispose();
            throw;
        }

        return slots;
    }

    /// <summary>States a new mark in the slot that is not the newest; on disk when this returns.</summary>
    public void Write(CommitMark mark)
    {
        _sequence++;
        Span<byte> slot = _slot;
        slot.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(slot[FormatOffset..], Format);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[SequenceOffset..], _sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[NumberOffset..], mark.Number);
        BinaryPrimitives.WriteInt64LittleEndian(slot[EndAddressOffset..], mark.EndAddress);
        BinaryPrimitives.WriteUInt128LittleEndian(slot[BatchHashOffset..], mark.Hash);
        BinaryPrimitives.WriteUInt128LittleEndian(slot[HistoryOffset..], _history);
        BinaryPrimitives.WriteUInt128LittleEndian(slot[HashOffset..], XxHash128.HashToUInt128(slot[..HashOffset]));
        _file.Write(slot, OffsetOf(_sequence));
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private static long OffsetOf(ulong sequence) => (long)(sequence % Slots) * SlotDistance;

    private void Load()
    {
        var found = new List<(ulong Sequence, CommitMark Mark)>(Slots);
        for (var i = 0UL; i < Slots; i++)
        {
            if (TryLoad(OffsetOf(i), out var sequence, out var mark) && sequence % Slots == i) found.Add((sequence, mark));
        }

        if (found.Count == 0) throw new StorageException($"{Path}: neither slot verifies, at offsets 0 and {SlotDistance}; it is not known how far the log was acknowledged");
        found.Sort((left, right) => left.Sequence.CompareTo(right.Sequence));
        var (last, newest) = found[^1];
        if (found.Count == Slots && (found[0].Sequence + 1 != last || found[0].Mark.Number > newest.Number))
            throw new StorageException($"{Path}: the slots contradict each other, at offsets 0 and {SlotDistance}");
        _sequence = last;
        _marks.AddRange(found.Select(slot => slot.Mark));
    }

    private bool TryLoad(long offset, out ulong sequence, out CommitMark mark)
    {
        sequence = 0;
        mark = default;
        if (_file.Length < offset + SlotBytes) return false;
        _file.Read(_slot, offset);
        ReadOnlySpan<byte> slot = _slot;
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Magic
            || BinaryPrimitives.ReadUInt128LittleEndian(slot[HashOffset..]) != XxHash128.HashToUInt128(slot[..HashOffset])) return false;
        var format = BinaryPrimitives.ReadUInt16LittleEndian(slot[FormatOffset..]);
        if (format > Format)
            throw new StorageException($"{Path}: written in format {format}, this version knows formats up to {Format}; use a newer chatserver");
        if (BinaryPrimitives.ReadUInt128LittleEndian(slot[HistoryOffset..]) != _history)
            throw new StorageException($"{Path}: belongs to the log of another data directory");
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot[SequenceOffset..]);
        mark = new CommitMark(
            BinaryPrimitives.ReadUInt64LittleEndian(slot[NumberOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(slot[EndAddressOffset..]),
            BinaryPrimitives.ReadUInt128LittleEndian(slot[BatchHashOffset..]));
        return true;
    }
}
