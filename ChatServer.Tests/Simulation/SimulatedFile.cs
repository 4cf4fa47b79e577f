using ChatServer.Storage;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// A file of the simulated disk: what is read, and what of it is not on the platter yet. Loses the latter when the power goes, sector
/// by sector.
/// </summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path) : BlockFile(path)
{
    private const int SectorBytes = 512;
    private const int SmallFileBytes = 1 << 13;

    private readonly List<(long Offset, byte[] Before, int Length)> _unsynced = [];
    private byte[] _content = [];
    private int _length;
    private int _syncedLength;

    public override long Length => _length;

    public Span<byte> Content => _content.AsSpan(0, _length);

    /// <summary>It has got the name under which it is used.</summary>
    public bool IsNamed { get; set; }

    public override void WriteZeros(long offset, long length)
    {
        disk.BeforeWrite(this);
        Reserve((int)offset, (int)length);
        _content.AsSpan((int)offset, (int)length).Clear();
        disk.Boundary();
    }

    public override void Sync()
    {
        disk.BeforeSync(this);
        _unsynced.Clear();
        _syncedLength = _length;
        disk.Boundary();
    }

    public override void Dispose()
    {
        // A handle is nothing of its own here.
    }

    /// <summary>The power goes: what was not synced is there in part, or not at all.</summary>
    public void LoseUnsynced(SimulationRandom random)
    {
        if (_unsynced.Count == 0) return;
        var survived = new HashSet<long>();
        var (isPrefix, kept) = (random.Next(2) == 0, random.Next(_unsynced.Count + 1));
        for (var i = _unsynced.Count - 1; i >= 0; i--)
        {
            var (offset, before, length) = _unsynced[i];
            for (var done = 0; done < length;)
            {
                var sector = (offset + done) / SectorBytes;
                var bytes = Math.Min(length - done, (int)(((sector + 1) * SectorBytes) - offset - done));
                var survives = isPrefix ? i < kept || (i == kept && random.Next(2) == 0) : random.Next(2) == 0;
                if (survives) survived.Add(sector);
                else if (!survived.Contains(sector)) Revert(offset + done, before, done, bytes, tears: random.Next(8) == 0, random);
                done += bytes;
            }
        }

        // A file that grew may not have.
        if (_length > _syncedLength && random.Next(2) == 0)
        {
            _content.AsSpan(_syncedLength, _length - _syncedLength).Clear();
            _length = _syncedLength;
        }

        disk.Saw("an unsynced write is lost");
        _unsynced.Clear();
        _syncedLength = _length;
    }

    protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
    {
        disk.BeforeWrite(this);
        var count = disk.Some(bytes.Length, SectorBytes);
        Put(offset, bytes[..count]);
        disk.Boundary();
        return count;
    }

    protected override int ReadSome(Span<byte> destination, long offset)
    {
        disk.BeforeRead(this);
        var count = (int)Math.Clamp(_length - offset, 0, destination.Length);
        if (count > 0) _content.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    private void Put(long offset, ReadOnlySpan<byte> bytes)
    {
        Reserve((int)offset, bytes.Length);
        bytes.CopyTo(_content.AsSpan((int)offset));
    }

    // Room for a write, and what was there before it.
    private void Reserve(int offset, int bytes)
    {
        var end = offset + bytes;
        if (end > _content.Length) Array.Resize(ref _content, end < SmallFileBytes ? SmallFileBytes : end);
        var known = Math.Clamp(_length - offset, 0, bytes);
        _unsynced.Add((offset, _content.AsSpan(offset, known).ToArray(), bytes));
        _length = Math.Max(_length, end);
        disk.Overwritten(this, offset, bytes);
    }

    private void Revert(long offset, byte[] before, int start, int bytes, bool tears, SimulationRandom random)
    {
        // A torn sector holds some of each.
        var from = tears ? random.Next(bytes) : 0;
        if (tears) disk.Saw("a sector is torn");
        for (var i = from; i < bytes; i++) _content[offset + i] = start + i < before.Length ? before[start + i] : (byte)0;
    }
}
