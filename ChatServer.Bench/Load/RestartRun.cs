using System.Diagnostics;
using System.Globalization;
using ChatServer.Storage;
using HdrHistogram;

namespace ChatServer.Bench.Load;

/// <summary>
/// How long a server with many accounts takes from kill -9 to serving: with much log to replay, and with a fresh checkpoint and nothing
/// behind it. And what an account costs in memory: the difference to the same server with few.
/// </summary>
internal sealed record RestartRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Far more than a run writes, so that all of it is replayed.</summary>
    private static readonly string[] NoCheckpoints = ["--checkpoint-bytes", "16GiB"];

    /// <summary>The least there is: a start with more log behind its checkpoint takes one at once.</summary>
    private static readonly string[] CheckpointAtOnce = ["--checkpoint-bytes", "1MiB"];

    public int Users { get; init; } = 1_000_000;

    /// <summary>Of log behind the last checkpoint, at least.</summary>
    public long LogBytes { get; init; } = 1L << 30;

    public int Pairs { get; init; } = 50;

    /// <summary>Of each kind.</summary>
    public int Restarts { get; init; } = 5;

    public LoadRules Rules { get; init; } = new() { InFlight = LoadClient.InFlightMax };

    public async Task<LoadReport> RunAsync(ServerUnderLoad server, TextWriter progress)
    {
        var told = server.Options;
        await using var fleet = new LoadFleet(2 * Pairs, static i => [i ^ 1], Rules);
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        server.Options = [.. told, .. NoCheckpoints];
        var few = await RestartAsync(fleet, server, 1);
        var addSeconds = await AddUsersAsync(fleet, server);
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Users} accounts in {addSeconds:0.0} s"));

        var clock = Stopwatch.GetTimestamp();
        await FillAsync(fleet, server);
        var (seconds, messages) = (Stopwatch.GetElapsedTime(clock).TotalSeconds, fleet.History.AcknowledgedCount);
        var replay = await RestartAsync(fleet, server, Restarts);
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{messages} messages; {replay.Bytes} bytes replayed in {replay.Milliseconds.P50:0} ms"));
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        var isDrained = await fleet.DrainAsync(LoadCommands.Patience);

        await CheckpointAsync(fleet, server, [.. told, .. CheckpointAtOnce]);
        server.Options = [.. told, .. NoCheckpoints];
        var checkpointed = await RestartAsync(fleet, server, Restarts);
        return new LoadReport
        {
            Workload = "restart",
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Users} accounts without a device, {LogBytes} bytes of log by {Pairs} pairs, {Rules.InFlight} in flight a user, {Rules.PayloadBytes} B; {Restarts} times kill -9 and restart, the same behind a checkpoint; sources trusted"),
            Server = server.CommandLine,
            Messages = messages,
            Seconds = seconds,
            MessagesPerSecond = messages / seconds,
            Users = Users,
            UsersAddedPerSecond = Users / addSeconds,
            ReplayedBytes = replay.Bytes,
            RestartMilliseconds = replay.Milliseconds,
            ResidentBytes = replay.ResidentBytes,
            CheckpointedReplayedBytes = checkpointed.Bytes,
            CheckpointedRestartMilliseconds = checkpointed.Milliseconds,
            CheckpointedResidentBytes = checkpointed.ResidentBytes,
            FewUsersResidentBytes = few.ResidentBytes,
            ResidentBytesPerUser = (double)(checkpointed.ResidentBytes - few.ResidentBytes) / Users,
            Refused = fleet.Measures.Refused,
        }.With(fleet.History.Judge(), [.. fleet.Violations, .. isDrained ? (string[])[] : ["not everything arrived"]]);
    }

    private async Task<double> AddUsersAsync(LoadFleet fleet, ServerUnderLoad server)
    {
        await fleet.KillAsync(server);
        var clock = Stopwatch.GetTimestamp();
        await LoadAccounts.AddToStoppedAsync(server.DataPath, Users);
        var seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        await fleet.StartAgainAsync(server);
        return seconds;
    }

    private async Task FillAsync(LoadFleet fleet, ServerUnderLoad server)
    {
        await LoadFleet.ConnectAsync(fleet.Clients, server.EndPoint);
        var before = (await server.StatusAsync())["logBytes"];
        fleet.Send(true);
        long written;
        do
        {
            var acknowledged = fleet.History.AcknowledgedCount;
            if (!await fleet.UntilAsync(() => fleet.History.AcknowledgedCount > acknowledged, LoadCommands.Patience)) throw new TimeoutException("the server acknowledges nothing any more");
            await fleet.WaitAsync(Look);

            // Whole segments are counted, and one is laid out in advance.
            written = (await server.StatusAsync())["logBytes"] - before - SegmentBytes(server);
        }
        while (written < LogBytes);

        // What is under way stays so: the kill that comes now finds a server at work.
        foreach (var client in fleet.Clients) client.Send(false);
    }

    private static long SegmentBytes(ServerUnderLoad server) =>
        new DirectoryInfo(Path.Combine(server.DataPath, DataDirectory.LogName)).EnumerateFiles("*.segment").First().Length;

    /// <summary>Kills and starts again; what the last start replayed, the times from start to serving, and the memory after the last.</summary>
    private static async Task<Measured> RestartAsync(LoadFleet fleet, ServerUnderLoad server, int times)
    {
        var milliseconds = new LongHistogram(1, 600_000_000, 3);
        long bytes = 0;
        for (var i = 0; i < times; i++)
        {
            await fleet.KillAsync(server);
            bytes = ReplayedBytes(server.DataPath);
            milliseconds.RecordValue((long)(await fleet.StartAgainAsync(server)).TotalMicroseconds);
        }

        return new Measured(bytes, Percentiles.Of(milliseconds), server.ResidentBytes);
    }

    private static async Task CheckpointAsync(LoadFleet fleet, ServerUnderLoad server, IReadOnlyList<string> options)
    {
        await fleet.KillAsync(server);
        server.Options = options;
        await fleet.StartAgainAsync(server);
        var started = Stopwatch.GetTimestamp();
        while ((await server.StatusAsync())["checkpoints"] == 0)
        {
            if (Stopwatch.GetElapsedTime(started) > LoadCommands.Patience) throw new TimeoutException("the server takes no checkpoint");
            await fleet.WaitAsync(Look);
        }
    }

    /// <summary>The log behind the newest checkpoint of a directory that no server holds.</summary>
    private static long ReplayedBytes(string dataPath)
    {
        using var directory = DataDirectory.OpenExisting(dataPath);
        using var slots = CommitSlots.Open(new DiskFolder(directory.LogPath, BlockFile.Open), directory.History);
        var checkpoints = directory.OpenCheckpoints();
        var begin = checkpoints.Numbers is [var newest, ..] && checkpoints.TryReadHeader(newest, out var header) ? header.After.EndAddress : 0;
        return slots.Marks[^1].EndAddress - begin;
    }

    private sealed record Measured(long Bytes, Percentiles Milliseconds, long ResidentBytes);
}
