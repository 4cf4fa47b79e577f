namespace ChatServer.Bench.Load;

/// <summary>How a server under load stands at one moment: bytes of the files of each folder of its data directory, and of memory.</summary>
internal sealed record LoadSample
{
    /// <summary>Acknowledged so far.</summary>
    public required long Messages { get; init; }

    /// <summary>Acknowledged a second since the sample before.</summary>
    public required double MessagesPerSecond { get; init; }

    public required long LogBytes { get; init; }

    public required long ColdBytes { get; init; }

    public required long CheckpointBytes { get; init; }

    public required long ResidentBytes { get; init; }

    public static LoadSample Of(ServerUnderLoad server, long messages, double messagesPerSecond) => new()
    {
        Messages = messages,
        MessagesPerSecond = messagesPerSecond,
        LogBytes = BytesIn(server, Storage.DataDirectory.LogName),
        ColdBytes = BytesIn(server, Storage.DataDirectory.ColdName),
        CheckpointBytes = BytesIn(server, Storage.DataDirectory.CheckpointName),
        ResidentBytes = server.ResidentBytes,
    };

    private static long BytesIn(ServerUnderLoad server, string folder)
    {
        long bytes = 0;
        foreach (var file in new DirectoryInfo(Path.Combine(server.DataPath, folder)).EnumerateFiles())
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                // The server has just removed or renamed it: what takes its place is counted with the next sample.
            }
        }

        return bytes;
    }
}
