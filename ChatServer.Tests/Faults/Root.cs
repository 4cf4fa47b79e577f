using ChatServer.Tests.House;

namespace ChatServer.Tests.Faults;

/// <summary>What only root may do to a machine: mount a disk, bound the memory of a process.</summary>
internal static class Root
{
    /// <summary>Skips the test of a user who is not root on Linux; fails it where such tests are expected to run.</summary>
    public static void Require()
    {
        if (!OperatingSystem.IsLinux()) throw OutsideTool.Missing("this needs Linux");
        if (!Environment.IsPrivilegedProcess) throw OutsideTool.Missing("this needs root");
    }
}
