using ChatServer.Host;

namespace ChatServer.Bench.Load;

/// <summary>What the server says of itself at one moment, of what only rises; two of them say what lay between.</summary>
internal sealed record ServerFigures
{
    private const double MicrosecondsPerMillisecond = 1_000;

    public long Commits { get; init; }

    public long LoggedBytes { get; init; }

    public long AllocatedBytes { get; init; }

    public double PauseMilliseconds { get; init; }

    /// <summary>At the moment; nothing that rises.</summary>
    public long HeapBytes { get; init; }

    /// <summary>What the log takes up on disk; nothing that rises.</summary>
    public long LogBytes { get; init; }

    /// <summary>Null: the server cannot be asked, since its data directory is not known.</summary>
    /// <param name="server">Who is asked.</param>
    /// <param name="collected">Whether it collects its garbage first.</param>
    public static async Task<ServerFigures?> OfAsync(ServerUnderLoad server, bool collected = false)
    {
        if (!server.CanBeAsked) return null;
        var status = await server.StatusAsync(collected);
        return new ServerFigures
        {
            Commits = status[ShardStatus.CommitsName],
            LoggedBytes = status[ShardStatus.LoggedBytesName],
            AllocatedBytes = status[ShardStatus.AllocatedBytesName],
            PauseMilliseconds = status[ShardStatus.PauseMicrosecondsName] / MicrosecondsPerMillisecond,
            HeapBytes = status[ShardStatus.HeapBytesName],
            LogBytes = status[ShardStatus.LogBytesName],
        };
    }
}
