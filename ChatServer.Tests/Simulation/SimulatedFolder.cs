using ChatServer.Storage;

namespace ChatServer.Tests.Simulation;

/// <summary>A directory of the simulated disk. What was created, renamed and deleted since the last sync may be undone by a power cut.</summary>
internal sealed class SimulatedFolder(SimulatedDisk disk, string path) : BlockFolder(path)
{
    private readonly List<(string Name, SimulatedFile? File)> _unsynced = [];
    private SortedDictionary<string, SimulatedFile> _files = new(StringComparer.Ordinal);
    private SortedDictionary<string, SimulatedFile> _synced = new(StringComparer.Ordinal);

    public override IReadOnlyList<string> Names => [.. _files.Keys];

    public IEnumerable<SimulatedFile> Files => _files.Values;

    public override bool Exists(string name) => _files.ContainsKey(name);

    public override BlockFile Open(string name, bool create)
    {
        if (create)
        {
            if (_files.ContainsKey(name)) throw new StorageException($"{PathOf(name)}: creating the file failed: it is there");
            Put(name, new SimulatedFile(disk, PathOf(name)));
        }

        return _files.TryGetValue(name, out var file) ? file : throw new StorageException($"{PathOf(name)}: opening the file failed: it is not there");
    }

    public override void Rename(string name, string newName)
    {
        disk.Boundary();
        _files[name].IsNamed = true;
        Put(newName, _files[name]);
        Remove(name);
        disk.Boundary();
    }

    public override void Delete(string name)
    {
        disk.Boundary();
        Remove(name);
        disk.Boundary();
    }

    public override void Sync()
    {
        disk.Boundary();
        _synced = new(_files, StringComparer.Ordinal);
        _unsynced.Clear();
        disk.Boundary();
    }

    /// <summary>The power goes: the file system's journal has some of what was done, in its order.</summary>
    public void LoseUnsynced(SimulationRandom random)
    {
        foreach (var (name, file) in _unsynced[..random.Next(_unsynced.Count + 1)])
        {
            if (file is null) _synced.Remove(name);
            else _synced[name] = file;
        }

        _unsynced.Clear();
        _files = new(_synced, StringComparer.Ordinal);
        foreach (var file in _files.Values) file.LoseUnsynced(random);
    }

    private void Put(string name, SimulatedFile file)
    {
        _files[name] = file;
        _unsynced.Add((name, file));
    }

    private void Remove(string name)
    {
        if (_files.Remove(name)) _unsynced.Add((name, null));
    }
}
