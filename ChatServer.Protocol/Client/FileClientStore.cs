using System.Buffers;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// A store in a directory of its own: the file <c>state</c>, readable by its owner only (it holds the token), to which every Keep
/// appends a record with a checksum, and the file <c>lock</c>, held while the store is open. The file is written anew when
/// most of it is outdated: into <c>state.new</c>, synced, then renamed over the old one. A record that a crash tore, and what follows
/// it, is dropped at the next opening.
/// </summary>
public sealed class FileClientStore : IClientStore
{
    /// <summary>A file shorter than this is never written anew.</summary>
    private const int CompactBytes = 1_024 * 1_024;

    /// <summary>How much longer than its content a file may be.</summary>
    private const int CompactFactor = 4;

    /// <summary>More than the largest file: sends are at most 1,024 of 16 KiB; the rest of it are cursors.</summary>
    private const int MaxFileBytes = 1_024 * 1_024 * 1_024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly MemoryClientStore _content = new();
    private readonly ArrayBufferWriter<byte> _record = new();
    private readonly string _path;
    private readonly FileStream _held;
    private FileStream _file;
    private long _compactAt;
    private bool _dirty;
    private bool _broken;

    /// <summary>Opens the store in a directory, which is made if need be, and reads what it kept.</summary>
    /// <exception cref="IOException">Another client has the store open, or the disk refuses.</exception>
    /// <exception cref="InvalidDataException">The directory's <c>state</c> is not a store of this version.</exception>
    public FileClientStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        _path = Path.Combine(directory, "state");
        _held = Open(Path.Combine(directory, "lock"), FileMode.OpenOrCreate);
        try
        {
            _file = OpenState();
        }
        catch
        {
            _held.Dispose();
            throw;
        }

        _compactAt = Math.Max(CompactBytes, _file.Length * CompactFactor);
    }

    /// <inheritdoc/>
    public StoredState Load() => _content.Load();

    /// <inheritdoc/>
    public void KeepToken(ReadOnlySpan<byte> token)
    {
        lock (_lock)
        {
            StoreRecords.Write(_record, StoreRecordKind.Token, token);
            Append();
            _content.KeepToken(token);
        }
    }

    /// <inheritdoc/>
    public void KeepHistory(ReadOnlySpan<byte> history)
    {
        lock (_lock)
        {
            StoreRecords.Write(_record, StoreRecordKind.History, history);
            Append();
            _content.KeepHistory(history);
        }
    }

    /// <inheritdoc/>
    public void KeepAttempt(ulong instance, uint attempt)
    {
        lock (_lock)
        {
            StoreRecords.WriteAttempt(_record, instance, attempt);
            Append();
            _content.KeepAttempt(instance, attempt);
        }
    }

    /// <inheritdoc/>
    public void KeepSend(StoredSend send)
    {
        ArgumentNullException.ThrowIfNull(send);
        lock (_lock)
        {
            StoreRecords.WriteSend(_record, send);
            Append();
            _content.KeepSend(send);
        }
    }

    /// <inheritdoc/>
    public void KeepAnswer(ulong sendNumber)
    {
        lock (_lock)
        {
            StoreRecords.WriteNumber(_record, StoreRecordKind.Answer, sendNumber);
            Append();
            _content.KeepAnswer(sendNumber);
        }
    }

    /// <inheritdoc/>
    public void KeepCursors(StoredCursors cursors)
    {
        ArgumentNullException.ThrowIfNull(cursors);
        lock (_lock)
        {
            StoreRecords.WriteCursors(_record, cursors);
            Append();
            _content.KeepCursors(cursors);
        }
    }

    /// <inheritdoc/>
    public void KeepMarksVersion(ulong version)
    {
        lock (_lock)
        {
            StoreRecords.WriteNumber(_record, StoreRecordKind.MarksVersion, version);
            Append();
            _content.KeepMarksVersion(version);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        FileStream file;
        lock (_lock)
        {
            if (_broken) throw new IOException($"{_path} could not be written before; what was kept since is lost");
            if (!_dirty) return;
            _dirty = false;
            if (_file.Length >= _compactAt)
            {
                Compact();
                return;
            }

            file = _file;
        }

        // Outside the lock: a Keep need not wait for the disk. Only Flush replaces the file, and there is one Flush at a time.
        try
        {
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // After a failed sync nobody knows what the disk has, and the next sync may succeed without it.
            lock (_lock) _broken = true;
            throw;
        }
    }

    /// <summary>Closes the files and lets another client open the store. What was kept is flushed.</summary>
    public void Dispose()
    {
        try
        {
            if (!_broken) Flush();
        }
        finally
        {
            _file.Dispose();
            _held.Dispose();
        }
    }

    private static FileStream Open(string path, FileMode mode, FileShare share = FileShare.None)
    {
        // No buffer: a record is with the operating system when Keep returns.
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private FileStream OpenState()
    {
        // Others may look at it; the lock file keeps other clients out.
        var file = Open(_path, FileMode.OpenOrCreate, FileShare.Read);
        try
        {
            if (file.Length > MaxFileBytes) throw new InvalidDataException($"{_path} is too long to be a client's store");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);

            // Shorter than the magic: the first write was torn, nothing has been kept yet.
            var isNew = bytes.Length < StoreRecords.Magic.Length;
            if (!isNew && !bytes.AsSpan().StartsWith(StoreRecords.Magic))
                throw new InvalidDataException($"{_path} is not a client's store of this version");
            var whole = isNew ? 0 : StoreRecords.Replay(bytes, _content);
            file.SetLength(whole);
            file.Position = whole;
            if (isNew) file.Write(StoreRecords.Magic);
            file.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Append()
    {
        if (_broken) throw new IOException($"{_path} could not be written before; nothing is kept after that");
        try
        {
            // Until it has succeeded: half a record makes all that follow unreadable.
            _broken = true;
            _file.Write(_record.WrittenSpan);
            _broken = false;
            _dirty = true;
        }
        finally
        {
            _record.ResetWrittenCount();
        }
    }

    /// <summary>
    /// The rename may be lost with the power; then the old file is there again, complete up to here. That is an older state, which
    /// <see cref="IClientStore"/> allows.
    /// </summary>
    private void Compact()
    {
        _broken = true;
        var whole = new ArrayBufferWriter<byte>();
        StoreRecords.WriteAll(whole, _content.Load());
        using (var file = Open(_path + ".new", FileMode.Create))
        {
            file.Write(whole.WrittenSpan);
            file.Flush(flushToDisk: true);
        }

        // Closed before the rename: some systems do not replace an open file. The lock keeps other clients out meanwhile.
        _file.Dispose();
        File.Move(_path + ".new", _path, overwrite: true);
        _file = Open(_path, FileMode.OpenOrCreate, FileShare.Read);
        _file.Position = _file.Length;
        _compactAt = Math.Max(CompactBytes, _file.Length * CompactFactor);
        _broken = false;
    }
}
