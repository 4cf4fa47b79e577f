using ChatServer.Storage;

namespace ChatServer.Tests.Faults;

/// <summary>
/// A disk that counts its calls and has a fault at one of them. Calls that lay out a segment in advance are not counted: they are made
/// by a thread of their own, and the same script would number the others differently each time. Nothing is really synced: the machine
/// keeps its power, and what a lost one would cost is undone by hand.
/// </summary>
internal sealed class CallDisk
{
    public const int IoError = 5;
    public const int NoSpace = 28;
    private const int SectorBytes = 512;
    private const string LayoutExtension = ".segment.new";

    private readonly Lock _gate = new();
    private readonly List<Written> _pending = [];
    private readonly List<DiskCall> _calls = [];
    private int _faultAt = int.MaxValue;
    private int _powerEndsAt = int.MaxValue;
    private DiskFault _fault;
    private bool _isDead;

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<DiskCall> Calls => _calls;

    /// <summary>Whether the fault has happened.</summary>
    public bool HasFired { get; private set; }

    public static bool Applies(DiskFault fault, DiskCall call) => fault switch
    {
        DiskFault.InputOutput => true,
        DiskFault.NoSpace or DiskFault.Torn => call != DiskCall.Read,
        DiskFault.Short => call != DiskCall.Sync,
        DiskFault.Lost => call == DiskCall.Write,
        _ => false,
    };

    /// <summary>The call with this number, from 0, meets the fault; after a lost write the power lasts so many calls more.</summary>
    /// <summary>Whether a log on this disk has its mark there before each acknowledgement, or only when it is closed.</summary>
    public bool HasLateMarks { get; init; }

    public void Plan(int call, DiskFault fault, int callsUntilPowerEnds) => (_faultAt, _fault, _powerEndsAt) = (call, fault, fault == DiskFault.Lost ? call + callsUntilPowerEnds : int.MaxValue);

    public BlockFile Open(string path, bool create) => new CountedFile(this, BlockFile.Open(path, create));

    public BlockFolder Folder(string path) => new CountedFolder(this, path);

    /// <summary>The power goes: what was lost is gone, and of what was not synced, what the number says.</summary>
    public void CutPower()
    {
        lock (_gate) Die();
    }

    private void Write(BlockFile file, ReadOnlySpan<byte> bytes, long offset, out int written)
    {
        lock (_gate)
        {
            written = bytes.Length;
            if (file.Path.EndsWith(LayoutExtension, StringComparison.Ordinal))
            {
                file.Write(bytes, offset);
                return;
            }

            var fault = Next(DiskCall.Write, file.Path, "writing");
            if (fault == DiskFault.NoSpace) throw StorageException.OfCall(file.Path, "writing", NoSpace);
            if (fault is DiskFault.InputOutput or DiskFault.Short) written = Math.Max(1, bytes.Length / 2);
            Remember(file, bytes[..written], offset, isLost: fault == DiskFault.Lost);
            file.Write(bytes[..written], offset);
            if (fault == DiskFault.InputOutput) throw StorageException.OfCall(file.Path, "writing", IoError);
            if (fault != DiskFault.Torn) return;
            Die();
            throw StorageException.OfCall(file.Path, "writing", IoError);
        }
    }

    private int Read(BlockFile file, Span<byte> destination, long offset)
    {
        lock (_gate)
        {
            var fault = Next(DiskCall.Read, file.Path, "reading");
            if (fault == DiskFault.InputOutput) throw StorageException.OfCall(file.Path, "reading", IoError);
            var length = (int)Math.Max(0, Math.Min(destination.Length, file.Length - offset));
            if (fault == DiskFault.Short && length > 1) length /= 2;
            if (length > 0) file.Read(destination[..length], offset);
            return length;
        }
    }

    private void Sync(BlockFile file)
    {
        lock (_gate)
        {
            if (file.Path.EndsWith(LayoutExtension, StringComparison.Ordinal)) return;
            var fault = Next(DiskCall.Sync, file.Path, "syncing");
            if (fault == DiskFault.Torn) Die();
            else if (fault is DiskFault.InputOutput or DiskFault.NoSpace) Undo(written => written.Path == file.Path && !written.IsLost, _ => false);
            if (fault != DiskFault.None) throw StorageException.OfCall(file.Path, "syncing", fault == DiskFault.NoSpace ? NoSpace : IoError);

            // A lost write that was written again in full is no longer lost.
            foreach (var synced in _pending.FindAll(written => written.Path == file.Path && !written.IsLost))
                _pending.RemoveAll(written => written.IsLost && written.IsCoveredBy(synced));
            _pending.RemoveAll(written => written.Path == file.Path && !written.IsLost);
        }
    }

    private DiskFault Next(DiskCall call, string path, string act)
    {
        if (_isDead) throw StorageException.OfCall(path, act, IoError);
        var number = _calls.Count;
        _calls.Add(call);
        if (number >= _powerEndsAt)
        {
            Die();
            throw StorageException.OfCall(path, act, IoError);
        }

        if (number != _faultAt || !Applies(_fault, call)) return DiskFault.None;
        HasFired = true;
        return _fault;
    }

    private void Remember(BlockFile file, ReadOnlySpan<byte> bytes, long offset, bool isLost)
    {
        var before = new byte[bytes.Length];
        var there = (int)Math.Max(0, Math.Min(before.Length, file.Length - offset));
        if (there > 0) file.Read(before.AsSpan(0, there), offset);
        _pending.Add(new Written(file.Path, offset, before, isLost));
    }

    private void Die()
    {
        if (_isDead) return;
        _isDead = true;
        // Each number another pattern, the same one each time.
        var random = new Random(_faultAt);
        var keepsNone = _faultAt % 5 == 0;
        Undo(_ => true, written => !written.IsLost && !keepsNone && random.Next(2) == 0);
    }

    private void Undo(Predicate<Written> which, Func<Written, bool> survives)
    {
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            var written = _pending[i];
            if (!which(written)) continue;
            _pending.RemoveAt(i);
            if (!File.Exists(written.Path)) continue;
            using var file = BlockFile.Open(written.Path, create: false);
            for (var done = 0; done < written.Before.Length; done += SectorBytes)
            {
                if (!survives(written)) file.Write(written.Before.AsSpan(done, Math.Min(SectorBytes, written.Before.Length - done)), written.Offset + done);
            }
        }
    }

    private void Renamed(string path, string newPath)
    {
        lock (_gate)
        {
            _pending.RemoveAll(written => written.Path == newPath);
            for (var i = 0; i < _pending.Count; i++)
            {
                if (_pending[i].Path == path) _pending[i] = _pending[i] with { Path = newPath };
            }
        }
    }

    private void Deleted(string path)
    {
        lock (_gate) _pending.RemoveAll(written => written.Path == path);
    }

    private sealed record Written(string Path, long Offset, byte[] Before, bool IsLost)
    {
        public bool IsCoveredBy(Written other) =>
            Path == other.Path && Offset >= other.Offset && Offset + Before.Length <= other.Offset + other.Before.Length;
    }

    private sealed class CountedFile(CallDisk disk, BlockFile file) : BlockFile(file.Path)
    {
        public override long Length => file.Length;

        public override void WriteZeros(long offset, long length) => Write(new byte[length], offset);

        public override void Sync() => disk.Sync(file);

        public override void Dispose() => file.Dispose();

        protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Write(file, bytes, offset, out var written);
            return written;
        }

        protected override int ReadSome(Span<byte> destination, long offset) => disk.Read(file, destination, offset);
    }

    private sealed class CountedFolder(CallDisk disk, string path) : BlockFolder(path)
    {
        private readonly DiskFolder _folder = new(path, disk.Open);

        public override IReadOnlyList<string> Names => _folder.Names;

        public override bool Exists(string name) => _folder.Exists(name);

        public override BlockFile Open(string name, bool create) => _folder.Open(name, create);

        public override void Rename(string name, string newName)
        {
            _folder.Rename(name, newName);
            disk.Renamed(PathOf(name), PathOf(newName));
        }

        public override void Delete(string name)
        {
            _folder.Delete(name);
            disk.Deleted(PathOf(name));
        }

        public override void Sync()
        {
        }
    }
}
