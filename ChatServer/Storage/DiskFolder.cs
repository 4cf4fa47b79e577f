namespace ChatServer.Storage;

/// <summary>A directory of the file system.</summary>
internal sealed class DiskFolder(string path, OpenBlockFile open) : BlockFolder(path)
{
    public override IReadOnlyList<string> Names
    {
        get
        {
            if (!Directory.Exists(Path)) return [];
            var names = Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
    }

    public override bool Exists(string name) => File.Exists(PathOf(name));

    public override BlockFile Open(string name, bool create) => open(PathOf(name), create);

    public override void Rename(string name, string newName)
    {
        try
        {
            File.Move(PathOf(name), PathOf(newName), overwrite: true);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(PathOf(newName), "renaming the file", failure);
        }
    }

    public override void Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(PathOf(name), "removing the file", failure);
        }
    }

    public override void Sync() => Posix.SyncDirectory(Path);
}
