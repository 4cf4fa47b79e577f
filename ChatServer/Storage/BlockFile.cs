namespace ChatServer.Storage;

/// <summary>
/// A file of the log, written and read by position. The seam between the log and the disk: faults are injected here, and
/// everything that recovery rests on goes through it. Writes and syncs by one thread at a time, reads by any.
/// </summary>
internal abstract class BlockFile : IDisposable
{
    protected BlockFile(string path) => Path = path;

    public string Path { get; }

    public abstract long Length { get; }

    /// <summary>The file of this platform; a new one has mode 0600 and must not exist.</summary>
    public static BlockFile Open(string path, bool create) =>
        OperatingSystem.IsLinux() ? new LinuxBlockFile(path, create) : new PortableBlockFile(path, create);

    /// <summary>Writes all of it or throws. It is on disk only after <see cref="Sync"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var written = WriteSome(bytes, offset);
            if (written <= 0) throw new StorageException($"{Path}: writing at offset {offset} made no progress");
            bytes = bytes[written..];
            offset += written;
        }
    }

    /// <summary>Reads exactly so much or throws.</summary>
    public void Read(Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            var read = ReadSome(destination, offset);
            if (read <= 0) throw new StorageException($"{Path}: the file ends at offset {offset}, more was expected");
            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Writes zeros, in as few calls as possible.</summary>
    public abstract void WriteZeros(long offset, long length);

    /// <summary>What was written is on disk when this returns. After a failure nobody knows, so it is never tried again.</summary>
    public abstract void Sync();

    public abstract void Dispose();

    /// <summary>Writes some of it; the number of bytes.</summary>
    protected abstract int WriteSome(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads some of it; 0 at the end of the file.</summary>
    protected abstract int ReadSome(Span<byte> destination, long offset);
}
