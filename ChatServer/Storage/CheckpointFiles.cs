using System.Globalization;

namespace ChatServer.Storage;

/// <summary>
/// The directory <c>checkpoint/</c>: the last two checkpoints, <c>00000001.checkpoint</c>, <c>00000002.checkpoint</c>, … The older
/// one is kept with all it needs, so that a damaged newer one costs a longer replay and nothing else.
/// </summary>
internal sealed class CheckpointFiles
{
    /// <summary>As many are kept.</summary>
    public const int Kept = 2;

    private const string Extension = ".checkpoint";

    private readonly BlockFolder _folder;
    private readonly UInt128 _history;

    /// <summary>Takes away what a crash left half written.</summary>
    public CheckpointFiles(BlockFolder folder, UInt128 history)
    {
        _folder = folder;
        _history = history;
        folder.DeleteLeftovers();
    }

    /// <summary>The numbers of those that are there, the newest first.</summary>
    public IReadOnlyList<ulong> Numbers =>
        [.. _folder.Names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Select(NumberOf).OrderDescending()];

    public static string NameOf(ulong number) => number.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    public string PathOf(ulong number) => _folder.PathOf(NameOf(number));

    /// <exception cref="StorageException">It does not verify.</exception>
    public LogStart Read(ulong number, out CheckpointHeader header, CheckpointReader.ChunkTaker take)
    {
        using var file = _folder.Open(NameOf(number), false);
        var start = CheckpointReader.Read(file, _history, out header, take);
        return header.Number == number ? start : throw new StorageException($"{file.Path}: is checkpoint {header.Number} under another name");
    }

    /// <summary>What the head of a checkpoint says, if it verifies; the rest is not looked at.</summary>
    public bool TryReadHeader(ulong number, out CheckpointHeader header)
    {
        header = default;
        using var file = _folder.Open(NameOf(number), false);
        if (file.Length < CheckpointHeader.Bytes) return false;
        Span<byte> bytes = stackalloc byte[CheckpointHeader.Bytes];
        file.Read(bytes, 0);
        try
        {
            header = CheckpointHeader.Read(file.Path, bytes, _history, out _);
            return header.Number == number;
        }
        catch (StorageException)
        {
            return false; // it is told when it is needed
        }
    }

    public CheckpointWriter Create(ulong number, int partitions, CommitMark after) =>
        CheckpointWriter.Create(_folder, new CheckpointHeader(number, partitions, after), _history);

    /// <summary>Removes all but the newest ones, which were found to verify or have just been written.</summary>
    public void Prune(IReadOnlyCollection<ulong> kept)
    {
        foreach (var number in Numbers)
        {
            if (!kept.Contains(number)) _folder.Delete(NameOf(number));
        }

        _folder.Sync();
    }

    private ulong NumberOf(string name) =>
        ulong.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new StorageException($"{_folder.PathOf(name)}: is not named as a checkpoint");
}
