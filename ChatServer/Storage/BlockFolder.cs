namespace ChatServer.Storage;

/// <summary>
/// A directory of files of the storage. The seam between the storage and the file system, beside <see cref="BlockFile"/>: what a
/// start finds, what is renamed into place and what is removed goes through it, so a simulated disk can lose it again.
/// </summary>
internal abstract class BlockFolder
{
    /// <summary>A file is written under its name with this behind it, and gets its name when all of it is on disk.</summary>
    public const string NewExtension = ".new";

    protected BlockFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The files that are there now, sorted by name.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    public abstract bool Exists(string name);

    /// <summary>A new file must not exist, another one must.</summary>
    public abstract BlockFile Open(string name, bool create);

    /// <summary>Gives a file its name, in the place of one that has it.</summary>
    public abstract void Rename(string name, string newName);

    public abstract void Delete(string name);

    /// <summary>What was created, renamed and deleted stays so.</summary>
    public abstract void Sync();

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Files that were being written when the process ended; they never got their names.</summary>
    public void DeleteLeftovers()
    {
        foreach (var name in Names)
        {
            if (name.EndsWith(NewExtension, StringComparison.Ordinal)) Delete(name);
        }
    }

    public void DeleteIfExists(string name)
    {
        if (Exists(name)) Delete(name);
    }
}
