namespace ChatServer.Storage;

/// <summary>
/// Finds the files of the log in a data directory, or creates them where there never was a log. A directory that had one and
/// lost it is refused: an empty log in its place would be the loss of every message, quietly.
/// </summary>
internal static class LogFiles
{
    public static (SegmentFiles Files, CommitSlots Slots) Open(DataDirectory directory, CommitLogOptions options)
    {
        var path = directory.LogPath;
        if (directory.Cluster.LogCreated)
        {
            if (!Directory.Exists(path)) throw new StorageException($"{path}: the log is missing, but this data directory had one");
            return OpenBoth(directory, options, SegmentFiles.Open(path, directory.History, options.OpenFile));
        }

        DataDirectory.CreateDirectory(path);
        var both = OpenBoth(directory, options, OpenOrCreate(directory, options));
        directory.LogWasCreated();
        return both;
    }

    /// <summary>The files of a log that there is; none is made.</summary>
    public static (SegmentFiles Files, CommitSlots Slots) OpenExisting(DataDirectory directory, CommitLogOptions options)
    {
        if (!directory.Cluster.LogCreated) throw new StorageException($"{directory.FullPath}: has no log yet");
        return Open(directory, options);
    }

    private static SegmentFiles OpenOrCreate(DataDirectory directory, CommitLogOptions options)
    {
        var path = directory.LogPath;
        if (SegmentFiles.Exist(path)) return SegmentFiles.Open(path, directory.History, options.OpenFile);
        var geometry = new LogGeometry(options.PageBytes, checked((int)options.SegmentBytes), directory.Cluster.SectorBytes);
        return SegmentFiles.Create(path, directory.History, geometry, options.OpenFile);
    }

    private static (SegmentFiles Files, CommitSlots Slots) OpenBoth(DataDirectory directory, CommitLogOptions options, SegmentFiles files)
    {
        try
        {
            var isNew = !directory.Cluster.LogCreated && !File.Exists(Path.Combine(directory.LogPath, CommitSlots.FileName));
            if (isNew) RequireUnused(files);
            return (files, isNew
                ? CommitSlots.Create(directory.LogPath, directory.History, options.OpenFile)
                : CommitSlots.Open(directory.LogPath, directory.History, options.OpenFile));
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
        files.Read(0, page);
        if (page.AsSpan().ContainsAnyExcept((byte)0))
            throw new StorageException($"{files.Locate(0)}: holds batches, but its data directory says that it never had a log");
    }
}
