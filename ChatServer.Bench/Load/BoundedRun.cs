using System.Diagnostics;
using System.Globalization;
using ChatServer.Host;
using ChatServer.Storage;

namespace ChatServer.Bench.Load;

/// <summary>
/// A long stream of messages past users who are away: shows that disk, memory and the time of a restart do not grow with it, and that
/// those who were away get everything. Half of what they get is sent before, the rest is spread over the run; in the middle most of them
/// look in, so that cold files are left mostly empty and have to be copied together.
/// </summary>
internal sealed record BoundedRun
{
    private const int Steps = 10;
    private const int InitialPart = 100;
    private const int InitialMin = 1_000;

    /// <summary>More than a record has around its payload: ids, numbers, checksum.</summary>
    private const int RecordOverheadBytes = 256;

    /// <summary>The file of the commit slots beside the segments.</summary>
    private const int SlotsBytes = 8 * 1_024;

    private static readonly ServerOptions Defaults = new();

    public int Pairs { get; init; } = 50;

    /// <summary>That the pairs write, at least.</summary>
    public int Messages { get; init; } = 10_000_000;

    public int Away { get; init; } = 1_000;

    /// <summary>For each who is away.</summary>
    public int AwayMessages { get; init; } = 20;

    public long CheckpointBytes { get; init; } = Defaults.CheckpointBytes;

    public long SegmentBytes { get; init; } = Defaults.SegmentBytes;

    public LoadRules Rules { get; init; } = new();

    /// <summary>
    /// What the log may take; default: from the older checkpoint to now, that is twice the bytes between two and what is written while
    /// one is taken, in whole segments; the segments at both ends, and one that is laid out in advance. More where so much is written
    /// that half of the bytes between two checkpoints pass while one is taken.
    /// </summary>
    public long LogBytesBound
    {
        get => field > 0 ? field : StandardBound;
        init;
    }

    private long StandardBound => SlotsBytes + ((((3 * CheckpointBytes) + SegmentBytes - 1) / SegmentBytes) + 3) * (SegmentBytes + SegmentHeader.Bytes);

    /// <summary>What cold files may take: they are copied together before less than half of them is needed.</summary>
    public long ColdBytesBound => (2L * Away * AwayMessages * (Rules.PayloadBytes + RecordOverheadBytes)) + SegmentHeader.Bytes;

    /// <summary>What the server has to be told for it.</summary>
    public IEnumerable<string> ServerOptions() =>
        ["--checkpoint-bytes", Kibibytes(CheckpointBytes), "--segment-bytes", Kibibytes(SegmentBytes)];

    public async Task<LoadReport> RunAsync(ServerUnderLoad server, TextWriter progress)
    {
        await using var users = new BoundedFleet(Pairs, Away, Rules);
        await users.RegisterAsync(server.EndPoint);
        var early = AwayMessages / 2;
        await users.FeedAsync(early);
        users.Write(true);
        await users.AwaitAcknowledgedAsync(users.Acknowledged + Math.Max(InitialMin, Messages / InitialPart));
        users.Write(false);
        var samples = new List<LoadSample> { LoadSample.Of(server, users.Acknowledged, 0) };
        var restartBefore = await users.RestartAsync(server);
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Away} users are away, restart takes {restartBefore.TotalMilliseconds:0} ms"));

        var (serverCpu, clientCpu) = (server.CpuTime, Environment.CpuUsage.TotalTime);
        var (clock, begin) = (Stopwatch.GetTimestamp(), users.Acknowledged);
        users.Write(true);
        for (var step = 1; step <= Steps; step++)
        {
            await TakeStepAsync(users, server, step, (AwayMessages - early) * step / Steps - ((AwayMessages - early) * (step - 1) / Steps), samples);
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{step * Steps} %: {samples[^1].Messages} messages, {samples[^1].LogBytes >> 20} MiB of log"));
        }

        var (seconds, messages) = (Stopwatch.GetElapsedTime(clock).TotalSeconds, users.Acknowledged - begin);
        var (serverUsed, clientUsed) = (server.CpuTime - serverCpu, Environment.CpuUsage.TotalTime - clientCpu);

        // With sends in flight: what is unanswered is sent again.
        await users.Fleet.KillAsync(server);
        users.Write(false);
        var restartAfter = await users.Fleet.StartAgainAsync(server);
        await LoadFleet.ConnectAsync(users.Fleet.Clients, server.EndPoint);
        var isDrained = await users.Fleet.DrainAsync(LoadCommands.Patience);
        return new LoadReport
        {
            Workload = "bounded",
            Configuration = string.Create(CultureInfo.InvariantCulture, $"{Pairs} pairs, {Rules.InFlight} in flight a user, {Rules.PayloadBytes} B, {AwayMessages} messages for each of {Away} who are away, of whom most look in half way, kill -9 at the end; sources trusted"),
            Server = server.CommandLine,
            Messages = messages,
            Seconds = seconds,
            MessagesPerSecond = messages / seconds,
            ServerCpuSecondsPerMillion = LoadCommands.PerMillion(serverUsed, messages),
            ClientCpuSecondsPerMillion = LoadCommands.PerMillion(clientUsed, messages),
            LatencyMilliseconds = users.Fleet.Measures.EndToEnd(),
            AcknowledgementMilliseconds = users.Fleet.Measures.Acknowledgement(),
            RestartBeforeMilliseconds = restartBefore.TotalMilliseconds,
            RestartAfterMilliseconds = restartAfter.TotalMilliseconds,
            LogBytesBound = LogBytesBound,
            ColdBytesBound = ColdBytesBound,
            Samples = samples,
            Refused = users.Fleet.Measures.Refused,
        }.With(users.Fleet.History.Judge(), [.. users.Fleet.Violations, .. Excesses(samples), .. isDrained ? (string[])[] : ["not everything arrived"]]);
    }

    // The server reads numbers up to 2^31 - 1, with a unit.
    private static string Kibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10}KiB");

    private async Task TakeStepAsync(BoundedFleet users, ServerUnderLoad server, int step, int feed, List<LoadSample> samples)
    {
        var (clock, before) = (Stopwatch.GetTimestamp(), users.Acknowledged);
        var written = (long)Messages * step / Steps - ((long)Messages * (step - 1) / Steps);
        await users.FeedAsync(feed);
        await users.AwaitAcknowledgedAsync(before + ((long)feed * Away) + written);
        if (step == Steps / 2) await users.LookInAsync(server.EndPoint);
        samples.Add(LoadSample.Of(server, users.Acknowledged, (users.Acknowledged - before) / Stopwatch.GetElapsedTime(clock).TotalSeconds));
    }

    private IEnumerable<string> Excesses(IEnumerable<LoadSample> samples)
    {
        foreach (var sample in samples)
        {
            if (sample.LogBytes > LogBytesBound) yield return $"after {sample.Messages} messages the log takes {sample.LogBytes} bytes, {LogBytesBound} at most were promised";
            if (sample.ColdBytes > ColdBytesBound) yield return $"after {sample.Messages} messages cold files take {sample.ColdBytes} bytes, {ColdBytesBound} at most were promised";
        }
    }
}
