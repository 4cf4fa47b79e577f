using ChatServer.Storage;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// The disk of the simulated machine: keeps what was synced, loses the rest when the power goes, writes a part of what it is asked to,
/// fails, fills up, and turns bits over when asked to.
/// </summary>
internal sealed class SimulatedDisk
{
    private const int IoError = 5;
    private const int NoSpace = 28;

    private readonly SimulationRandom _random;
    private readonly Action<string> _saw;
    private readonly List<(SimulatedFile File, long Offset, byte Mask)> _flips = [];
    private int _failAfter;

    public SimulatedDisk(SimulationRandom random, Action<string> saw)
    {
        _random = random;
        _saw = saw;
        Log = new SimulatedFolder(this, "log");
        Checkpoints = new SimulatedFolder(this, "checkpoint");
        Cold = new SimulatedFolder(this, "cold");
    }

    public SimulatedFolder Log { get; }

    public SimulatedFolder Checkpoints { get; }

    public SimulatedFolder Cold { get; }

    /// <summary>Called before and after everything that the disk does; may end the process there.</summary>
    public Action Boundary { get; set; } = () => { };

    /// <summary>No new file has room; those that were laid out go on.</summary>
    public bool IsFull { get; set; }

    /// <summary>An operation has failed, so the process has to end.</summary>
    public bool HasFailed { get; private set; }

    public bool HasFlips => _flips.Count > 0;

    private IEnumerable<SimulatedFolder> Folders => [Log, Checkpoints, Cold];

    public void Saw(string site) => _saw(site);

    /// <summary>After so many more writes and syncs one fails.</summary>
    public void FailAfter(int operations) => _failAfter = operations;

    public void CutPower()
    {
        foreach (var folder in Folders) folder.LoseUnsynced(_random);
    }

    /// <summary>The machine is on again, whatever was wrong with the disk is over.</summary>
    public void Recover()
    {
        _failAfter = 0;
        HasFailed = false;
    }

    /// <summary>Turns a bit over in a file that is there, more likely where there is something.</summary>
    public void Flip()
    {
        var files = Folders.SelectMany(folder => folder.Files).Where(file => file.Length > 0).ToList();
        if (files.Count == 0) return;
        var file = files[_random.Next(files.Count)];
        var used = file.Content.LastIndexOfAnyExcept((byte)0) + 1;
        var offset = _random.Next(_random.Next(8) == 0 || used == 0 ? (int)file.Length : used);
        var mask = (byte)(1 << _random.Next(8));
        file.Content[offset] ^= mask;
        _flips.Add((file, offset, mask));
    }

    /// <summary>As from a good copy: bits that were turned over are right again, where nothing was written since.</summary>
    public void MendFlips()
    {
        foreach (var (file, offset, mask) in _flips)
        {
            if (offset < file.Length) file.Content[(int)offset] ^= mask;
        }

        _flips.Clear();
    }

    public void Overwritten(SimulatedFile file, long offset, int length) =>
        _flips.RemoveAll(flip => flip.File == file && flip.Offset >= offset && flip.Offset < offset + length);

    /// <summary>How much of it a write takes at once.</summary>
    public int Some(int bytes, int sectorBytes) => bytes > sectorBytes && _random.Next(16) == 0 ? (1 + _random.Next((bytes - 1) / sectorBytes)) * sectorBytes : bytes;

    public void BeforeWrite(SimulatedFile file)
    {
        Boundary();
        if (IsFull && file.Path.EndsWith(BlockFolder.NewExtension, StringComparison.Ordinal) && !file.IsNamed)
        {
            _saw("the disk is full");
            throw StorageException.OfCall(file.Path, "writing", NoSpace);
        }

        Count(file, "writing");
    }

    public void BeforeSync(SimulatedFile file)
    {
        Boundary();
        Count(file, "syncing the file");
    }

    public void BeforeRead(SimulatedFile file)
    {
        if (HasFailed) throw StorageException.OfCall(file.Path, "reading", IoError);
    }

    private void Count(SimulatedFile file, string act)
    {
        if (HasFailed || (_failAfter > 0 && --_failAfter == 0))
        {
            HasFailed = true;
            _saw("the disk fails");
            throw StorageException.OfCall(file.Path, act, IoError);
        }
    }
}
