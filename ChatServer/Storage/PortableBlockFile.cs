using Microsoft.Win32.SafeHandles;

namespace ChatServer.Storage;

/// <summary>A block file with what .NET offers on every platform. Built everywhere, used where there is no Linux.</summary>
internal class PortableBlockFile : BlockFile
{
    private const int ZeroBytes = 1 << 20;

    private static readonly byte[] Zeros = new byte[ZeroBytes];

    public PortableBlockFile(string path, bool create)
        : base(path)
    {
        try
        {
            Handle = File.OpenHandle(path, create ? FileMode.CreateNew : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (create && !OperatingSystem.IsWindows()) File.SetUnixFileMode(Handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(path, create ? "creating the file" : "opening the file", failure);
        }
    }

    public override long Length => RandomAccess.GetLength(Handle);

    protected SafeFileHandle Handle { get; }

    public override void WriteZeros(long offset, long length)
    {
        // One gathered call for all of it: the log lays its files out in megabytes.
        var pieces = new ReadOnlyMemory<byte>[(length + ZeroBytes - 1) / ZeroBytes];
        for (var i = 0; i < pieces.Length; i++) pieces[i] = Zeros.AsMemory(0, (int)Math.Min(ZeroBytes, length - ((long)i * ZeroBytes)));
        try
        {
            RandomAccess.Write(Handle, pieces, offset);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(Path, $"writing {length} zeros at offset {offset}", failure);
        }
    }

    public override void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(Handle);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(Path, "syncing the file", failure);
        }
    }

    public override void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override int WriteSome(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
            return bytes.Length;
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(Path, $"writing {bytes.Length} bytes at offset {offset}", failure);
        }
    }

    protected override int ReadSome(Span<byte> destination, long offset)
    {
        try
        {
            return RandomAccess.Read(Handle, destination, offset);
        }
        catch (IOException failure)
        {
            throw StorageException.OfCall(Path, $"reading {destination.Length} bytes at offset {offset}", failure);
        }
    }
}
