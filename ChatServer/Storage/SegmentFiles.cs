using System.Globalization;

namespace ChatServer.Storage;

/// <summary>
/// The files the log lies in: <c>00000000.segment</c>, <c>00000001.segment</c>, …, each with a header and laid out with zeros
/// before the log comes to it, so that a commit never waits for the file system to find room. Reading by any thread; writing by
/// the committer; preparing by one thread.
/// </summary>
internal sealed class SegmentFiles : IDisposable
{
    /// <summary>More are closed again, the oldest first; reading from an old one opens it.</summary>
    public const int MaxOpenFiles = 64;

    private const string Extension = ".segment";
    private const string NewExtension = ".new";

    /// <summary>A segment is laid out in pieces of this size, each synced, so that a commit waits behind one of them at most.</summary>
    private const int LayoutBytes = 1 << 22;

    private readonly string _directory;
    private readonly UInt128 _history;
    private readonly OpenBlockFile _open;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, OpenSegment> _files = [];
    private volatile int _count;

    private SegmentFiles(string directory, UInt128 history, OpenBlockFile open, LogGeometry geometry)
    {
        _directory = directory;
        _history = history;
        _open = open;
        Geometry = geometry;
    }

    public LogGeometry Geometry { get; private set; }

    /// <summary>Segments that exist, from 0 on; the log may grow to the end of the last. Any thread.</summary>
    public int Count => _count;

    /// <summary>The first address beyond what is laid out. Any thread.</summary>
    public long EndAddress => (long)_count * Geometry.SegmentBytes;

    /// <summary>Whether there is any segment.</summary>
    public static bool Exist(string directory) => Directory.EnumerateFiles(directory, "*" + Extension).Any();

    /// <summary>A new log: its first segment, laid out and synced.</summary>
    public static SegmentFiles Create(string directory, UInt128 history, LogGeometry geometry, OpenBlockFile open)
    {
        StorageException.Assert(geometry.IsValid, "the log's sizes are not powers of two that fit into each other");
        var files = new SegmentFiles(directory, history, open, geometry);
        files.Prepare(CancellationToken.None);
        return files;
    }

    /// <summary>What a start finds; every header is verified. Leftovers of a segment that was being prepared are removed.</summary>
    public static SegmentFiles Open(string directory, UInt128 history, OpenBlockFile open)
    {
        foreach (var leftover in Directory.EnumerateFiles(directory, "*" + NewExtension)) File.Delete(leftover);
        var count = Directory.EnumerateFiles(directory, "*" + Extension).Count();
        var files = new SegmentFiles(directory, history, open, default);
        if (count == 0) throw new StorageException($"{files.PathOf(0)}: the first segment of the log is missing");
        try
        {
            for (var number = 0; number < count; number++) files.Verify(number);
        }
        catch
        {
            files.Dispose();
            throw;
        }

        files._count = count;
        return files;
    }

    /// <summary>
    /// Lays out the next segment; it exists when all of it is on disk. On one thread at a time. Given up between two pieces when
    /// asked to; the next start removes what is there then.
    /// </summary>
    public void Prepare(CancellationToken stop)
    {
        var path = PathOf(_count);
        var newPath = path + NewExtension;
        try
        {
            if (File.Exists(newPath)) File.Delete(newPath);
            using (var file = _open(newPath, true))
            {
                Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
                SegmentHeader.Write(header, Geometry, _count, _history);
                file.Write(header, 0);
                for (long done = 0; done < Geometry.SegmentBytes; done += LayoutBytes)
                {
                    stop.ThrowIfCancellationRequested();
                    file.WriteZeros(SegmentHeader.Bytes + done, Math.Min(LayoutBytes, Geometry.SegmentBytes - done));
                    file.Sync();
                }
            }

            File.Move(newPath, path);
            Posix.SyncDirectory(_directory);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(path, "preparing a segment", failure);
        }

        _count++;
    }

    /// <summary>A segment that could not be prepared leaves nothing behind that takes up the disk.</summary>
    public void RemoveLeftover()
    {
        var path = PathOf(_count) + NewExtension;
        if (File.Exists(path)) File.Delete(path);
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

    private string PathOf(int number) => Path.Combine(_directory, number.ToString("D8", CultureInfo.InvariantCulture) + Extension);

    private void Verify(int number)
    {
        var path = PathOf(number);
        if (!File.Exists(path)) throw new StorageException($"{path}: a segment of the log is missing");
        var segment = Rent(number);
        try
        {
            Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
            segment.File.Read(header, 0);
            var geometry = SegmentHeader.Read(path, header, number, _history);
            if (number == 0) Geometry = geometry;
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
                segment = new OpenSegment(_open(PathOf(number), false));
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
