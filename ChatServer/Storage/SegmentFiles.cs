using System.Globalization;

namespace ChatServer.Storage;

/// <summary>
/// The files the log lies in: <c>00000000.segment</c>, <c>00000001.segment</c>, …, each with a header and laid out with zeros
/// before the log comes to it, so that a commit never waits for the file system to find room. The oldest go when nobody needs
/// them. Reading by any thread; writing by the thread that commits; preparing by one thread; removing by one thread.
/// </summary>
internal sealed class SegmentFiles : IDisposable
{
    /// <summary>More are closed again, the oldest first; reading from an old one opens it.</summary>
    public const int MaxOpenFiles = 64;

    private const string Extension = ".segment";

    /// <summary>A segment is laid out in pieces of this size, each synced, so that a commit waits behind one of them at most.</summary>
    private const int LayoutBytes = 1 << 19;

    private readonly BlockFolder _folder;
    private readonly UInt128 _history;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, OpenSegment> _files = [];
    private volatile int _first;
    private volatile int _next;

    private SegmentFiles(BlockFolder folder, UInt128 history, LogGeometry geometry)
    {
        _folder = folder;
        _history = history;
        Geometry = geometry;
    }

    public LogGeometry Geometry { get; private set; }

    /// <summary>The first address that is still there: that of a page, and of a batch. Any thread.</summary>
    public long BeginAddress => (long)_first * Geometry.SegmentBytes;

    /// <summary>The first address beyond what is laid out. Any thread.</summary>
    public long EndAddress => (long)_next * Geometry.SegmentBytes;

    /// <summary>Bytes that the segments take up, headers included. Any thread.</summary>
    public long DiskBytes => (_next - _first) * (SegmentHeader.Bytes + (long)Geometry.SegmentBytes);

    /// <summary>Whether there is any segment.</summary>
    public static bool Exist(BlockFolder folder) => folder.Names.Any(IsSegment);

    /// <summary>A new log: its first segment, laid out and synced.</summary>
    public static SegmentFiles Create(BlockFolder folder, UInt128 history, LogGeometry geometry)
    {
        StorageException.Assert(geometry.IsValid, "the log's sizes are not powers of two that fit into each other");
        var files = new SegmentFiles(folder, history, geometry);
        files.Prepare(CancellationToken.None);
        return files;
    }

    /// <summary>
    /// What a start finds: segments without a hole between the first that is left and the last; every header is verified.
    /// Leftovers of a segment that was being prepared are removed.
    /// </summary>
    public static SegmentFiles Open(BlockFolder folder, UInt128 history)
    {
        folder.DeleteLeftovers();
        var files = new SegmentFiles(folder, history, default);
        var names = folder.Names.Where(IsSegment).ToList();
        if (names.Count == 0) throw new StorageException($"{folder.PathOf(NameOf(0))}: the segments of the log are missing");
        files._first = files._next = NumberOf(folder, names[0]);
        try
        {
            foreach (var name in names)
            {
                if (name != NameOf(files._next)) throw new StorageException($"{folder.PathOf(NameOf(files._next))}: a segment of the log is missing");
                files.Verify(files._next);
                files._next++;
            }
        }
        catch
        {
            files.Dispose();
            throw;
        }

        return files;
    }

    /// <summary>
    /// Lays out the next segment; it exists when all of it is on disk. On one thread at a time. Given up between two pieces when
    /// asked to; the next start removes what is there then.
    /// </summary>
    public void Prepare(CancellationToken stop)
    {
        var name = NameOf(_next);
        var newName = name + BlockFolder.NewExtension;
        _folder.DeleteIfExists(newName);
        using (var file = _folder.Open(newName, true))
        {
            Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
            SegmentHeader.Write(header, Geometry, _next, _history);
            file.Write(header, 0);
            for (long done = 0; done < Geometry.SegmentBytes; done += LayoutBytes)
            {
                stop.ThrowIfCancellationRequested();
                file.WriteZeros(SegmentHeader.Bytes + done, Math.Min(LayoutBytes, Geometry.SegmentBytes - done));
                file.Sync();
            }
        }

        _folder.Rename(newName, name);
        _folder.Sync();
        _next++;
    }

    /// <summary>A segment that could not be prepared leaves nothing behind that takes up the disk.</summary>
    public void RemoveLeftover() => _folder.DeleteIfExists(NameOf(_next) + BlockFolder.NewExtension);

    /// <summary>
    /// Removes the segments before an address, the oldest first, so that a crash in between leaves no hole. Nobody may need them
    /// any more. On one thread at a time.
    /// </summary>
    public void RemoveBefore(long address)
    {
        var keep = Math.Min(Geometry.Segment(address), _next - 1);
        if (_first >= keep) return;
        while (_first < keep)
        {
            var number = _first;
            _first++;
            Close(number);
            _folder.Delete(NameOf(number));
        }

        _folder.Sync();
    }

    /// <summary>Copies the log up to an address; what lies behind it in its segment are zeros. Nothing before it is being written.</summary>
    public void CopyTo(BlockFolder target, long until, UInt128 history, Action<long> copied)
    {
        var buffer = new byte[LayoutBytes];
        for (var number = _first; number == _first || (long)number * Geometry.SegmentBytes <= until; number++)
        {
            using var file = target.Open(NameOf(number), true);
            SegmentHeader.Write(buffer.AsSpan(0, SegmentHeader.Bytes), Geometry, number, history);
            file.Write(buffer.AsSpan(0, SegmentHeader.Bytes), 0);
            var begin = (long)number * Geometry.SegmentBytes;
            for (long done = 0; done < Geometry.SegmentBytes; done += LayoutBytes)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(LayoutBytes, Geometry.SegmentBytes - done));
                var used = (int)Math.Clamp(until - begin - done, 0, piece.Length);
                if (used > 0) Read(begin + done, piece[..used]);
                piece[used..].Clear();
                file.Write(piece, SegmentHeader.Bytes + done);
                file.Sync();
                copied(piece.Length);
            }
        }

        target.Sync();
    }

    public void Write(long address, ReadOnlySpan<byte> bytes)
    {
        var segment = Rent(Geometry.Segment(address));
        try
        {
            segment.File.Write(bytes, OffsetInFile(address));
        }
        finally
        {
            Return(segment);
        }
    }

    /// <summary>Reads within one segment.</summary>
    public void Read(long address, Span<byte> destination)
    {
        var segment = Rent(Geometry.Segment(address));
        try
        {
            segment.File.Read(destination, OffsetInFile(address));
        }
        finally
        {
            Return(segment);
        }
    }

    public void Sync(int number)
    {
#if MUTANTS
        if (Core.PlantedBugs.Active == Core.PlantedBug.SegmentNotSynced) return;
#endif
        var segment = Rent(number);
        try
        {
            segment.File.Sync();
        }
        finally
        {
            Return(segment);
        }
    }

    /// <summary>Where headers hold something that is never read: file and offset, for messages.</summary>
    public IEnumerable<string> StrayBytes()
    {
        var header = new byte[SegmentHeader.Bytes];
        for (var number = _first; number < _next; number++)
        {
            var segment = Rent(number);
            try
            {
                segment.File.Read(header, 0);
            }
            finally
            {
                Return(segment);
            }

            var offset = SegmentHeader.StrayOffset(header);
            if (offset >= 0) yield return $"{PathOf(number)}: offset {offset}";
        }
    }

    /// <summary>File and offset of an address, for messages.</summary>
    public string Locate(long address) => $"{PathOf(Geometry.Segment(address))}: offset {OffsetInFile(address)}";

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var segment in _files.Values) segment.File.Dispose();
            _files.Clear();
        }
    }

    private long OffsetInFile(long address) => SegmentHeader.Bytes + (address % Geometry.SegmentBytes);

    private static bool IsSegment(string name) => name.EndsWith(Extension, StringComparison.Ordinal);

    private static string NameOf(int number) => number.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    private static int NumberOf(BlockFolder folder, string name) =>
        int.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new StorageException($"{folder.PathOf(name)}: is not named as a segment of the log");

    private string PathOf(int number) => _folder.PathOf(NameOf(number));

    private void Verify(int number)
    {
        var path = PathOf(number);
        var segment = Rent(number);
        try
        {
            Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
            segment.File.Read(header, 0);
            var geometry = SegmentHeader.Read(path, header, number, _history);
            if (number == _first) Geometry = geometry;
            if (geometry != Geometry) throw new StorageException($"{path}: its sizes are not those of the first segment, at offset 0");
            var expected = SegmentHeader.Bytes + (long)geometry.SegmentBytes;
            if (segment.File.Length != expected) throw new StorageException($"{path}: {segment.File.Length} bytes long, {expected} expected");
        }
        finally
        {
            Return(segment);
        }
    }

    private OpenSegment Rent(int number)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(number, out var segment))
            {
                CloseOldest();
                segment = new OpenSegment(_folder.Open(NameOf(number), false));
                _files.Add(number, segment);
            }

            segment.Users++;
            return segment;
        }
    }

    private void Return(OpenSegment segment)
    {
        lock (_gate) segment.Users--;
    }

    private void Close(int number)
    {
        lock (_gate)
        {
            if (!_files.Remove(number, out var segment)) return;
            StorageException.Assert(segment.Users == 0, "a segment that is removed is not read any more");
            segment.File.Dispose();
        }
    }

    private void CloseOldest()
    {
        if (_files.Count < MaxOpenFiles) return;
        foreach (var (number, segment) in _files)
        {
            if (segment.Users > 0) continue;
            segment.File.Dispose();
            _files.Remove(number);
            return;
        }
    }

    private sealed class OpenSegment(BlockFile file)
    {
        public BlockFile File { get; } = file;

        /// <summary>Calls under way; guarded by the gate.</summary>
        public int Users { get; set; }
    }
}
