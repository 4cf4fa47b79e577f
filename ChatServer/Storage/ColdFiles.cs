using System.Globalization;

namespace ChatServer.Storage;

/// <summary>
/// The directory <c>cold/</c>: records of those who are away for long, copied out of the log so that the log can go on without them.
/// A file is written once and never changed: <c>00000001.cold</c>, <c>00000002.cold</c>, … Reading by any thread; adding and removing
/// by one.
/// </summary>
internal sealed class ColdFiles : IDisposable
{
    /// <summary>More are closed again; reading from one opens it.</summary>
    public const int MaxOpenFiles = 64;

    private const string Extension = ".cold";

    private readonly BlockFolder _folder;
    private readonly UInt128 _history;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, long> _recordBytes = [];
    private readonly Dictionary<int, OpenFile> _open = [];

    private ColdFiles(BlockFolder folder, UInt128 history)
    {
        _folder = folder;
        _history = history;
    }

    /// <summary>The numbers of the files that are there, rising. Any thread.</summary>
    public IReadOnlyList<int> Numbers
    {
        get
        {
            lock (_gate) return [.. _recordBytes.Keys];
        }
    }

    /// <summary>Bytes that all of them take up. Any thread.</summary>
    public long DiskBytes
    {
        get
        {
            lock (_gate) return _recordBytes.Values.Sum(bytes => bytes + ColdFileHeader.Bytes + ColdFileHeader.FooterBytes);
        }
    }

    /// <summary>What a start finds; every header is verified, records when they are read. Leftovers of a crash are removed.</summary>
    /// <exception cref="StorageException">One is damaged or not of this data directory.</exception>
    public static ColdFiles Open(BlockFolder folder, UInt128 history)
    {
        folder.DeleteLeftovers();
        var files = new ColdFiles(folder, history);
        foreach (var name in folder.Names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            var number = NumberOf(folder, name);
            using var file = folder.Open(name, false);
            files._recordBytes.Add(number, ColdFileHeader.Read(file, number, history).RecordBytes);
        }

        return files;
    }

    public static string NameOf(int number) => number.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    public string PathOf(int number) => _folder.PathOf(NameOf(number));

    /// <summary>Bytes of records in a file, live or not; 0 when there is no such file.</summary>
    public long RecordBytes(int number)
    {
        lock (_gate) return _recordBytes.GetValueOrDefault(number);
    }

    /// <summary>A new file; it counts after <see cref="Complete"/>.</summary>
    public ColdFileWriter Create(int number) => new(_folder, number, _history);

    public void Complete(ColdFileWriter file)
    {
        file.Complete();
        lock (_gate) _recordBytes.Add(file.Number, file.RecordBytes);
    }

    /// <summary>Reads one record, header and body, into a destination of exactly its length, and verifies it.</summary>
    /// <exception cref="StorageException">The file is missing, cannot be read, or does not hold the record.</exception>
    public void Read(int number, RecordSpan record, Span<byte> destination)
    {
        StorageException.Assert(destination.Length == record.Length, "a record is read into a place of another length");
        var file = Rent(number);
        try
        {
            file.File.Read(destination, record.Offset);
        }
        finally
        {
            lock (_gate) file.Users--;
        }

        if (!RecordFrame.IsIntact(destination)) throw new StorageException($"{PathOf(number)}: offset {record.Offset}: a record does not verify");
    }

    /// <summary>Verifies every byte of a file.</summary>
    /// <exception cref="StorageException">It is not as it was written.</exception>
    public void Verify(int number)
    {
        var file = Rent(number);
        try
        {
            ColdFileVerification.Run(file.File, number, _history);
        }
        finally
        {
            lock (_gate) file.Users--;
        }
    }

    /// <summary>Nobody needs any record of the file, now or after any recovery.</summary>
    public void Remove(int number)
    {
        lock (_gate)
        {
            _recordBytes.Remove(number);
            if (_open.Remove(number, out var file)) file.File.Dispose();
        }

        _folder.Delete(NameOf(number));
        _folder.Sync();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var file in _open.Values) file.File.Dispose();
            _open.Clear();
        }
    }

    private static int NumberOf(BlockFolder folder, string name) =>
        int.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new StorageException($"{folder.PathOf(name)}: is not named as a cold file");

    private OpenFile Rent(int number)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(number, out var file))
            {
                CloseOne();
                file = new OpenFile(_folder.Open(NameOf(number), false));
                _open.Add(number, file);
            }

            file.Users++;
            return file;
        }
    }

    private void CloseOne()
    {
        if (_open.Count < MaxOpenFiles) return;
        foreach (var (number, file) in _open)
        {
            if (file.Users > 0) continue;
            file.File.Dispose();
            _open.Remove(number);
            return;
        }
    }

    private sealed class OpenFile(BlockFile file)
    {
        public BlockFile File { get; } = file;

        /// <summary>Calls under way; guarded by the gate.</summary>
        public int Users { get; set; }
    }
}
