using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>The directory of a log in memory, so that its files can be damaged and put back a thousand times a second.</summary>
internal sealed class MemoryDisk() : BlockFolder("memory")
{
    private readonly SortedDictionary<string, Content> _files = new(StringComparer.Ordinal);

    /// <summary>Writes since the last <see cref="Restore"/>.</summary>
    public int Writes { get; private set; }

    public int SegmentCount { get; private set; }

    /// <summary>In the order of their names: segments first, then the slots.</summary>
    public IReadOnlyList<Content> Files => [.. _files.Values];

    /// <summary>The bytes of a segment, made when there is none yet; segments come in order.</summary>
    public byte[] Segment(int number, Func<byte[]> make)
    {
        var name = $"{number:D8}.segment";
        if (_files.TryGetValue(name, out var existing)) return existing.Bytes;
        var bytes = Add(name, make()).Bytes;
        SegmentCount++;
        return bytes;
    }

    public override IReadOnlyList<string> Names => [.. _files.Keys];

    public override bool Exists(string name) => _files.ContainsKey(name);

    public override BlockFile Open(string name, bool create)
    {
        if (create) return new MemoryFile(PathOf(name), this, Add(name, []));
        return _files.TryGetValue(name, out var content) ? new MemoryFile(PathOf(name), this, content) : throw new FileNotFoundException(PathOf(name));
    }

    public override void Rename(string name, string newName)
    {
        _files[newName] = _files[name];
        _files.Remove(name);
    }

    public override void Delete(string name) => _files.Remove(name);

    public override void Sync()
    {
        // Memory loses nothing.
    }

    /// <summary>What is in the files now, to be put back with <see cref="Restore"/>.</summary>
    public IReadOnlyList<byte[]> Image() => [.. _files.Values.Select(file => file.Bytes[..file.Length])];

    public void Restore(IReadOnlyList<byte[]> image)
    {
        Writes = 0;
        foreach (var (file, bytes) in _files.Values.Zip(image))
        {
            file.SetLength(bytes.Length);
            bytes.CopyTo(file.Bytes, 0);
        }
    }

    private Content Add(string name, byte[] bytes) => _files[name] = new Content { Bytes = bytes, Length = bytes.Length };

    /// <summary>A file: its bytes up to its length.</summary>
    internal sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        public int Length { get; set; }

        public Span<byte> Span => Bytes.AsSpan(0, Length);

        /// <summary>What is added is zeros.</summary>
        public void SetLength(int length)
        {
            if (length > Bytes.Length) Bytes = [.. Span, .. new byte[length - Length]];
            else if (length > Length) Bytes.AsSpan(Length..length).Clear();
            Length = length;
        }
    }

    private sealed class MemoryFile(string path, MemoryDisk disk, Content content) : BlockFile(path)
    {
        public override long Length => content.Length;

        public override void WriteZeros(long offset, long length) => WriteSome(new byte[length], offset);

        public override void Sync()
        {
            // Memory loses nothing.
        }

        public override void Dispose()
        {
            // The content stays with the disk.
        }

        protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
        {
            disk.Writes++;
            var end = (int)offset + bytes.Length;
            if (end > content.Length) content.SetLength(end);
            bytes.CopyTo(content.Bytes.AsSpan((int)offset));
            return bytes.Length;
        }

        protected override int ReadSome(Span<byte> destination, long offset)
        {
            var length = (int)Math.Min(destination.Length, content.Length - offset);
            if (length <= 0) return 0;
            content.Bytes.AsSpan((int)offset, length).CopyTo(destination);
            return length;
        }
    }
}
