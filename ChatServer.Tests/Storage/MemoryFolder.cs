using ChatServer.Storage;

namespace ChatServer.Tests.Storage;

/// <summary>A directory in memory that keeps whatever is written, at once.</summary>
internal sealed class MemoryFolder() : BlockFolder("memory")
{
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    public override IReadOnlyList<string> Names => [.. _files.Keys];

    /// <summary>Whether a write finds the disk full.</summary>
    public Func<bool> IsFull { get; set; } = () => false;

    /// <summary>The bytes of a file, to be damaged.</summary>
    public byte[] this[string name]
    {
        get => _files[name].Content;
        set => _files[name].Content = value;
    }

    public override bool Exists(string name) => _files.ContainsKey(name);

    public override BlockFile Open(string name, bool create)
    {
        if (create) _files.Add(name, new MemoryFile(this, PathOf(name)));
        return _files.TryGetValue(name, out var file) ? file : throw new StorageException($"{PathOf(name)}: opening the file failed: it is not there");
    }

    public override void Rename(string name, string newName)
    {
        _files[newName] = _files[name];
        _files.Remove(name);
    }

    public override void Delete(string name) => _files.Remove(name);

    public override void Sync()
    {
    }

    private sealed class MemoryFile(MemoryFolder folder, string path) : BlockFile(path)
    {
        public byte[] Content { get; set; } = [];

        public override long Length => Content.Length;

        public override void WriteZeros(long offset, long length) => Write(new byte[length], offset);

        public override void Sync()
        {
        }

        public override void Dispose()
        {
        }

        protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
        {
            const int NoSpace = 28;
            if (folder.IsFull()) throw StorageException.OfCall(Path, "writing", NoSpace);
            var content = Content;
            if (content.Length < offset + bytes.Length) Array.Resize(ref content, (int)offset + bytes.Length);
            bytes.CopyTo(content.AsSpan((int)offset));
            Content = content;
            return bytes.Length;
        }

        protected override int ReadSome(Span<byte> destination, long offset)
        {
            var length = (int)Math.Max(0, Math.Min(destination.Length, Content.Length - offset));
            Content.AsSpan((int)Math.Min(offset, Content.Length), length).CopyTo(destination);
            return length;
        }
    }
}
