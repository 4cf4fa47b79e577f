namespace ChatServer.Tests.Acceptance;

/// <summary>A directory for one test's server, gone afterwards.</summary>
internal sealed class DataPath : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("chatserver-test-").FullName;

    public string Data => Path.Combine(_root, "data");

    public string File(string name) => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
