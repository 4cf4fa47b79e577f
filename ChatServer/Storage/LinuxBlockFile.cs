using System.Runtime.InteropServices;

namespace ChatServer.Storage;

/// <summary>A block file on Linux: pwrite and fdatasync, with the error number of the system.</summary>
internal sealed class LinuxBlockFile(string path, bool create) : PortableBlockFile(path, create)
{
    public override void Sync()
    {
        // Not repeated after EINTR or anything else: once a sync failed, the kernel may have dropped the dirty pages.
        if (Posix.SyncContent(Handle) != 0) throw StorageException.OfCall(Path, "syncing the file", Marshal.GetLastPInvokeError());
    }

    protected override unsafe int WriteSome(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var written = Posix.WriteAt(Handle, start, (nuint)bytes.Length, offset);
                if (written >= 0) return (int)written;
                var error = Marshal.GetLastPInvokeError();
                if (error != Posix.Interrupted)
                    throw StorageException.OfCall(Path, $"writing {bytes.Length} bytes at offset {offset}", error);
            }
        }
    }
}
