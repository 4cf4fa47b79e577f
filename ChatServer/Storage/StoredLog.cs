namespace ChatServer.Storage;

/// <summary>The storage of a data directory that no server holds, to be looked at: nothing in it is changed.</summary>
internal sealed class StoredLog : IDisposable
{
    private readonly SegmentFiles _files;
    private readonly CommitSlots _slots;

    private StoredLog(DataDirectory directory, SegmentFiles files, CommitSlots slots)
    {
        Directory = directory;
        _files = files;
        _slots = slots;
        Checkpoints = directory.OpenCheckpoints();
        Cold = directory.OpenColdFiles();
    }

    public DataDirectory Directory { get; }

    public CheckpointFiles Checkpoints { get; }

    public ColdFiles Cold { get; }

    /// <summary>Bytes of the segments, used or laid out in advance.</summary>
    public long DiskBytes => _files.DiskBytes;

    /// <summary>Where the log begins: what was before it was released.</summary>
    public long BeginAddress => _files.BeginAddress;

    /// <summary>Both commit slots verify. When one does not, nothing is lost; it is written anew at the next commit.</summary>
    public bool SlotsAreWhole => _slots.AreWhole;

    public string SlotsPath => _slots.Path;

    /// <exception cref="StorageException">There is none, a process holds it, or its files are not those of one directory.</exception>
    public static StoredLog Open(string path)
    {
        var directory = DataDirectory.OpenExisting(path);
        SegmentFiles? files = null;
        CommitSlots? slots = null;
        try
        {
            (files, slots) = LogFiles.OpenExisting(directory, new CommitLogOptions());
            return new StoredLog(directory, files, slots);
        }
        catch
        {
            slots?.Dispose();
            files?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Verifies every byte of the log and hands on the sections behind where a start begins; the last batch.</summary>
    /// <exception cref="StorageException">Something that was acknowledged is missing or not as it was written.</exception>
    public CommitMark Read(LogStart start, ReplaySection take)
    {
        var last = LogRecovery.Verify(_files, _slots, start, CommitLogOptions.MaxMemoryBytes, take, out var leftBehind);
        LeftBehind = leftBehind == 0 ? null : $"{_files.Locate(last.EndAddress)}: {leftBehind} bytes behind the end are no batch; a crash left them, or they are damage";
        return last;
    }

    /// <summary>What the last reading found behind the end of the log, in a line; null: nothing. The next start takes it away.</summary>
    public string? LeftBehind { get; private set; }

    /// <summary>Bytes that are not zero where nothing is ever read, one line each.</summary>
    public IEnumerable<string> StrayBytes()
    {
        if (_slots.StrayOffset() is var offset and >= 0) yield return $"{_slots.Path}: offset {offset}: the file is not as it was made beside the slots";
        foreach (var place in _files.StrayBytes()) yield return $"{place}: something is written behind the header";
    }

    /// <summary>Copies the log up to a batch that was verified.</summary>
    public void CopyTo(BackupFolder backup, CommitMark last) => backup.CopyLog(_files, last, Directory.History);

    /// <summary>Whether a section is still in the log.</summary>
    public bool Holds(SectionAddress section) => section.LogAddress >= _files.BeginAddress && section.LogAddress < _files.EndAddress;

    /// <summary>Reads one record, header and body, and verifies it.</summary>
    /// <exception cref="StorageException">It is not as it was written.</exception>
    public void ReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination)
    {
        var address = section.LogAddress + record.Offset;
        _files.Read(address, destination);
        if (!RecordFrame.IsIntact(destination)) throw new StorageException($"{_files.Locate(address)}: a record does not verify");
    }

    public void Dispose()
    {
        Cold.Dispose();
        _slots.Dispose();
        _files.Dispose();
        Directory.Dispose();
    }
}
