using System.Globalization;
using ChatServer.Tests.House;

namespace ChatServer.Tests.Faults;

/// <summary>A bound on the memory of a process and of what the system keeps for it, by a control group made for one test.</summary>
internal sealed class MemoryBound : IDisposable
{
    private const string Controller = "/sys/fs/cgroup/memory";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path = Path.Combine(Controller, "chatserver-" + Guid.NewGuid().ToString("N"));

    /// <summary>Skips the test, with the reason, where no group can be made.</summary>
    public MemoryBound(long bytes)
    {
        Root.Require();
        if (!File.Exists(Path.Combine(Controller, "memory.limit_in_bytes"))) throw OutsideTool.Missing("there is no memory controller of control groups, version 1");
        try
        {
            Directory.CreateDirectory(_path);
            File.WriteAllText(Path.Combine(_path, "memory.limit_in_bytes"), bytes.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw OutsideTool.Missing($"no control group can be made: {failure.Message}");
        }
    }

    /// <summary>What starts a program within the bound.</summary>
    public string[] Under => [OutsideTool.Require("sh"), "-c", $"echo $$ > {_path}/cgroup.procs; exec \"$@\"", "sh"];

    /// <summary>Most that was used at a time.</summary>
    public long PeakBytes => long.Parse(File.ReadAllText(Path.Combine(_path, "memory.max_usage_in_bytes")), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        // The group is busy until the system has buried its process.
        SpinWait.SpinUntil(TryRemove, Patience);
    }

    private bool TryRemove()
    {
        try
        {
            Directory.Delete(_path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
