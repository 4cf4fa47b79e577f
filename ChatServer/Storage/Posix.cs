using System.Runtime.InteropServices;

namespace ChatServer.Storage;

/// <summary>
/// The calls that decide what "on disk" means, made directly: .NET has no fdatasync, wraps the error number away and cannot sync
/// a directory. Linux only; elsewhere <see cref="PortableBlockFile"/> does what the runtime offers.
/// </summary>
internal static partial class Posix
{
    public const int Interrupted = 4;

    private const int OpenDirectory = 0x10000;
    private const int OpenDirectoryArm64 = 0x4000;
    private const int OpenCloseOnExec = 0x80000;

    /// <summary>A file created in, renamed in or removed from the directory is only there to stay after this.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var directoryFlag = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? OpenDirectoryArm64 : OpenDirectory;
        var descriptor = Open(path, directoryFlag | OpenCloseOnExec);
        if (descriptor < 0) throw StorageException.OfCall(path, "opening the directory", Marshal.GetLastPInvokeError());
        var failed = FileSync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed) throw StorageException.OfCall(path, "syncing the directory", error);
    }

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static unsafe partial nint WriteAt(SafeHandle file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncContent(SafeHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
