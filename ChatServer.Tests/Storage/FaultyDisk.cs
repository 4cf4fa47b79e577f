using ChatServer.Storage;

namespace ChatServer.Tests.Storage;

/// <summary>
/// A disk that fails on the n-th write or sync, or loses its power there: what was not synced then survives as the test says,
/// sector by sector. Counts only the files that hold acknowledged bytes, not segments being laid out, so one script has the same
/// operations in each run.
/// </summary>
internal sealed class FaultyDisk
{
    public const int IoError = 5;
    public const int NoSpace = 28;
    private const int SectorBytes = 512;
    private const string LayoutExtension = ".new";

    private readonly Lock _gate = new();
    private readonly List<UnsyncedWrite> _unsynced = [];
    private int _faultAt = int.MaxValue;
    private bool _isPowerCut;
    private int _error = IoError;
    private bool _isBroken;

    /// <summary>Whether the n-th sector that was not synced survives a power cut.</summary>
    public Func<int, bool> Survives { get; set; } = _ => false;

    /// <summary>Error of laying out a segment; 0: none.</summary>
    public int LayoutError { get; set; }

    /// <summary>Writes and syncs so far.</summary>
    public int Operations { get; private set; }

    /// <summary>Whether the fault has happened.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate) return _isBroken;
        }
    }

    /// <summary>Writes and syncs that were tried after the fault: nothing may be.</summary>
    public int TriedAfterFault { get; private set; }

    /// <summary>Offsets and lengths written, file by file name.</summary>
    public List<(string File, long Offset, int Length)> Writes { get; } = [];

    /// <summary>File names in the order in which they were synced or, with a "+" before, written.</summary>
    public List<string> Order { get; } = [];

    /// <summary>The operation with this number, counted from now, fails, and all after it.</summary>
    public void FailAfter(int operations, int error = IoError)
    {
        lock (_gate) (_faultAt, _error, _isPowerCut) = (Operations + operations, error, false);
    }

    /// <summary>The power goes during the operation with this number, counted from now.</summary>
    public void CutPowerAfter(int operations)
    {
        lock (_gate) (_faultAt, _error, _isPowerCut) = (Operations + operations, IoError, true);
    }

    public BlockFile Open(string path, bool create) => new FaultyFile(this, BlockFile.Open(path, create));

    private void Write(BlockFile file, ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_gate)
        {
            if (IsLayout(file))
            {
                if (LayoutError != 0) throw StorageException.OfCall(file.Path, "laying out", LayoutError);
                file.Write(bytes, offset);
                return;
            }

            var before = new byte[bytes.Length];
            if (file.Length >= offset + bytes.Length) file.Read(before, offset);
            if (!_isBroken && Operations + 1 < _faultAt)
            {
                Operations++;
                file.Write(bytes, offset);
                Order.Add("+" + Path.GetFileName(file.Path));
                Writes.Add((Path.GetFileName(file.Path), offset, bytes.Length));
                _unsynced.Add(new UnsyncedWrite(file.Path, offset, before));
                return;
            }

            if (!_isBroken && _isPowerCut)
            {
                file.Write(bytes, offset);
                _unsynced.Add(new UnsyncedWrite(file.Path, offset, before));
            }

            Break();
            throw StorageException.OfCall(file.Path, "writing", _error);
        }
    }

    private void Sync(BlockFile file)
    {
        lock (_gate)
        {
            if (IsLayout(file))
            {
                file.Sync();
                return;
            }

            if (_isBroken || Operations + 1 >= _faultAt)
            {
                Break();
                throw StorageException.OfCall(file.Path, "syncing", _error);
            }

            Operations++;
            Order.Add(Path.GetFileName(file.Path));
            _unsynced.RemoveAll(write => write.Path == file.Path);
        }
    }

    private void Break()
    {
        if (_isBroken)
        {
            TriedAfterFault++;
            return;
        }

        _isBroken = true;
        if (!_isPowerCut) return;
        var sector = 0;
        foreach (var write in Enumerable.Reverse(_unsynced))
        {
            using var file = BlockFile.Open(write.Path, create: false);
            for (var done = 0; done < write.Before.Length; done += SectorBytes)
            {
                if (Survives(sector++)) continue;
                file.Write(write.Before.AsSpan(done, Math.Min(SectorBytes, write.Before.Length - done)), write.Offset + done);
            }
        }
    }

    private static bool IsLayout(BlockFile file) => file.Path.EndsWith(LayoutExtension, StringComparison.Ordinal);

    private sealed record UnsyncedWrite(string Path, long Offset, byte[] Before);

    private sealed class FaultyFile(FaultyDisk disk, BlockFile file) : BlockFile(file.Path)
    {
        public override long Length => file.Length;

        public override void WriteZeros(long offset, long length) => disk.Write(file, new byte[length], offset);

        public override void Sync() => disk.Sync(file);

        public override void Dispose() => file.Dispose();

        protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Write(file, bytes, offset);
            return bytes.Length;
        }

        protected override int ReadSome(Span<byte> destination, long offset)
        {
            var length = (int)Math.Min(destination.Length, file.Length - offset);
            if (length > 0) file.Read(destination[..length], offset);
            return Math.Max(0, length);
        }
    }
}
