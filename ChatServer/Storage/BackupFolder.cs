namespace ChatServer.Storage;

/// <summary>
/// A directory that becomes a data directory by being copied to. What makes it one, <c>cluster.json</c>, comes last: a copy that was
/// cut short is none.
/// </summary>
internal sealed class BackupFolder
{
    private const int CopyBytes = 1 << 22;

    private readonly string _path;
    private readonly Action<long> _copied;

    private BackupFolder(string path, Action<long> copied)
    {
        _path = path;
        _copied = copied;
    }

    /// <param name="path">A directory that is not there yet, or is empty.</param>
    /// <param name="copied">Told of every few megabytes that were copied.</param>
    /// <exception cref="StorageException">There is something already.</exception>
    public static BackupFolder Create(string path, Action<long> copied)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new StorageException($"{path}: there is something already; a directory that is empty or not there is needed");
        DataDirectory.CreateDirectory(path);
        return new BackupFolder(path, copied);
    }

    public DiskFolder Folder(string name)
    {
        var path = Path.Combine(_path, name);
        DataDirectory.CreateDirectory(path);
        return new DiskFolder(path, BlockFile.Open);
    }

    /// <summary>Copies files as they are; on disk when this returns.</summary>
    public void Copy(BlockFolder source, string folder, IEnumerable<string> names)
    {
        var target = Folder(folder);
        var buffer = new byte[CopyBytes];
        foreach (var name in names)
        {
            using var from = source.Open(name, false);
            using var to = target.Open(name, true);
            var length = from.Length;
            for (long done = 0; done < length; done += CopyBytes)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(CopyBytes, length - done));
                from.Read(piece, done);
                to.Write(piece, done);
                to.Sync();
                _copied(piece.Length);
            }
        }

        target.Sync();
    }

    /// <summary>It is a data directory from here on.</summary>
    public void Complete(ClusterSettings cluster)
    {
        Posix.SyncDirectory(_path);
        ClusterFile.Write(Path.Combine(_path, ClusterFile.FileName), cluster);
    }

    /// <summary>Copies the log up to a batch, as if it had ended there.</summary>
    public void CopyLog(SegmentFiles files, CommitMark mark, UInt128 history)
    {
        var target = Folder(DataDirectory.LogName);
        files.CopyTo(target, mark.EndAddress, history, _copied);
        CommitSlots.Create(target, history, mark);
    }
}
