using System.Runtime.InteropServices;

namespace ChatServer.Network;

/// <summary>How many descriptors the process may have open.</summary>
internal static partial class DescriptorLimit
{
    private const int Reserved = 64;
    private const int ResourceOpenFiles = 7;

    /// <summary>
    /// Connections that leave room for files: nine tenths of the limit, and at least some in reserve beside what is open now. The
    /// runtime has about 80 of its own, and ends the process when it gets no more.
    /// </summary>
    public static int Connections()
    {
        var limit = default(Limits);
        if (!OperatingSystem.IsLinux() || getrlimit(ResourceOpenFiles, ref limit) != 0) return 10_000;
        var most = (long)Math.Min(limit.Soft, 10_000_000);
        return (int)Math.Max(16, Math.Min(most * 9 / 10, most - Open() - Reserved));
    }

    private static int Open() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getrlimit(int resource, ref Limits limits);

    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
