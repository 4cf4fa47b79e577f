namespace ChatServer.Storage;

/// <summary>The log of a data directory that no server holds, to be looked at: nothing in it is changed.</summary>
internal sealed class StoredLog : IDisposable
{
    private readonly SegmentFiles _files;
    private readonly CommitSlots _slots;

    private StoredLog(DataDirectory directory, SegmentFiles files, CommitSlots slots)
    {
        Directory = directory;
        _files = files;
        _slots = slots;
    }

    public DataDirectory Directory { get; }

    /// <summary>Bytes of the segments, used or laid out in advance.</summary>
    public long DiskBytes => _files.DiskBytes;

    /// <exception cref="StorageException">There is none, a process holds it, or its files are not those of one log.</exception>
    public static StoredLog Open(string path)
    {
        var directory = DataDirectory.OpenExisting(path);
        try
        {
            var (files, slots) = LogFiles.OpenExisting(directory, new CommitLogOptions());
            return new StoredLog(directory, files, slots);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Verifies every batch from the first and hands on its sections; the last one's number and the end of the log.</summary>
    /// <exception cref="StorageException">Something that was acknowledged is missing or not as it was written.</exception>
    public (ulong LastBatch, long EndAddress) Read(ReplaySection take)
    {
        var last = LogRecovery.Verify(_files, _slots, LogStart.Beginning, CommitLogOptions.MaxMemoryBytes, take);
        return (last.Number, last.EndAddress);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _files.Dispose();
        Directory.Dispose();
    }
}
