namespace ChatServer.Tests.Faults;

/// <summary>A directory for one test, in memory where the machine has such a place: what is proven does not rest on a real disk.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string InMemory = "/dev/shm";

    public ScratchFolder()
    {
        var root = Directory.Exists(InMemory) ? InMemory : Path.GetTempPath();
        FullPath = Path.Combine(root, "chatserver-faults-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(FullPath);
    }

    public string FullPath { get; }

    public string Data => Path.Combine(FullPath, "data");

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
