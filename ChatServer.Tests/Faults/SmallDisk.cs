using System.Diagnostics;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>A disk of a few megabytes in memory, mounted for one test; can be filled, emptied and made read-only.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly string _path = Directory.CreateTempSubdirectory("chatserver-disk-").FullName;

    /// <summary>Skips the test, with the reason, where nothing may be mounted.</summary>
    public SmallDisk(int megabytes)
    {
        try
        {
            Root.Require();
            Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "tmpfs", _path);
        }
        catch
        {
            Directory.Delete(_path);
            throw;
        }
    }

    public string Data => Path.Combine(_path, "data");

    private string BallastPath => Path.Combine(_path, "ballast");

    /// <summary>Takes up space until so much is left.</summary>
    public void Fill(long freeBytes)
    {
        using var ballast = new FileStream(BallastPath, FileMode.Append);
        var block = new byte[BlockBytes];
        while (new DriveInfo(_path).AvailableFreeSpace is var free && free > freeBytes) ballast.Write(block, 0, (int)Math.Min(block.Length, free - freeBytes));
    }

    public void Free() => File.Delete(BallastPath);

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _path);

    public void MakeWritable() => Run("mount", "-o", "remount,rw", _path);

    public void Dispose()
    {
        Run("umount", _path);
        Directory.Delete(_path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(OutsideTool.Require(program), arguments) { RedirectStandardError = true });
        if (process is null) throw new InvalidOperationException($"{program} does not start");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new AssertionException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
