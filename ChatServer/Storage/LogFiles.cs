namespace ChatServer.Storage;

/// <summary>
/// Finds the files of the log in a data directory, or creates them where there never was a log. A directory that had one and
/// lost it is refused: an empty log in its place would be the loss of every message, quietly.
/// </summary>
internal static class LogFiles
{
    public static (SegmentFiles Files, CommitSlots Slots) Open(DataDirectory directory, CommitLogOptions options)
    {
        var folder = new DiskFolder(directory.LogPath, options.OpenFile);
        if (directory.Cluster.LogCreated)
        {
            if (!Directory.Exists(folder.Path)) throw new StorageException($"{folder.Path}: the log is missing, but this data directory had one");
            return WithSlots(SegmentFiles.Open(folder, directory.History), () => CommitSlots.Open(folder, directory.History));
        }

        DataDirectory.CreateDirectory(folder.Path);
        var both = Create(folder, directory.History, new LogGeometry(options.PageBytes, checked((int)options.SegmentBytes), directory.Cluster.SectorBytes));
        directory.LogWasCreated();
        return both;
    }

    /// <summary>The files of a log that there is; none is made.</summary>
    public static (SegmentFiles Files, CommitSlots Slots) OpenExisting(DataDirectory directory, CommitLogOptions options)
    {
        if (!directory.Cluster.LogCreated) throw new StorageException($"{directory.FullPath}: has no log yet");
        return Open(directory, options);
    }

    /// <summary>A new log, or one whose creation was cut short by a crash, which is seen by its segment being empty.</summary>
    public static (SegmentFiles Files, CommitSlots Slots) Create(BlockFolder folder, UInt128 history, LogGeometry geometry)
    {
        var files = SegmentFiles.Exist(folder) ? SegmentFiles.Open(folder, history) : SegmentFiles.Create(folder, history, geometry);
        return WithSlots(files, () =>
        {
            if (folder.Exists(CommitSlots.FileName)) return CommitSlots.Open(folder, history);
            RequireUnused(files);
            return CommitSlots.Create(folder, history);
        });
    }

    private static (SegmentFiles Files, CommitSlots Slots) WithSlots(SegmentFiles files, Func<CommitSlots> open)
    {
        try
        {
            return (files, open());
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>A crash while the log was created leaves a segment of zeros; anything else came from elsewhere.</summary>
    private static void RequireUnused(SegmentFiles files)
    {
        var page = new byte[files.Geometry.PageBytes];
        files.Read(files.BeginAddress, page);
        if (page.AsSpan().ContainsAnyExcept((byte)0))
            throw new StorageException($"{files.Locate(files.BeginAddress)}: holds batches, but its data directory says that it never had a log");
    }
}
