using System.Diagnostics;
using System.Net;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Sessions;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>
/// One shard put together by hand: data directory, log, partitions, loops, admin socket; in this order, and stopped in the reverse.
/// </summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly ServerMetrics _metrics;
    private readonly Shard _shard;
    private readonly AdminSocket? _admin;
    private readonly Administration _administration;

    private Server(DataDirectory directory, ServerMetrics metrics, Shard shard, Administration administration, AdminSocket? admin)
    {
        _administration = administration;
        _directory = directory;
        _metrics = metrics;
        _shard = shard;
        _admin = admin;
    }

    /// <summary>Where clients connect; null when the server was opened for administration only.</summary>
    public IPEndPoint? EndPoint => _shard.EndPoint;

    /// <summary>Users that were there at the start.</summary>
    public int Users => _shard.Users;

    /// <summary>Ends with an error when nothing more can be promised; the process has to stop.</summary>
    public Task Failed => _shard.Failed;

    /// <summary>What <c>chatserver user</c> asks for.</summary>
    public AdminHandler Administration => _administration.HandleAsync;

    /// <summary>Recovers the data directory and starts to serve it.</summary>
    /// <exception cref="StorageException">The directory cannot be used, or what it holds does not verify.</exception>
    public static Server Start(ServerOptions options, bool takesClients = true)
    {
        var started = Stopwatch.GetTimestamp();
        SpareThread();
        var directory = DataDirectory.Open(options.DataPath);
        var metrics = new ServerMetrics();
        Shard? shard = null;
        FasterCommitLog? log = null;
        try
        {
            Log.Starting(typeof(Server).Assembly.GetName().Version?.ToString(3) ?? "", options.DataPath, options.Loops);
            var rules = new LoopSessionRules(Settings(options, directory), new PartitionMap(directory.PartitionCount, directory.HashSeed), Trusted(options), metrics);
            var shardOptions = new ShardOptions
            {
                Rules = rules,
                Limits = new CoreLimits
                {
                    OutboxEntries = options.OutboxEntries,
                    OutboxBytes = options.OutboxBytes,
                    MessagesPerSecond = options.MessagesPerSecond,
                    MessagesBurst = options.MessagesBurst,
                },
                Upkeep = new UpkeepOptions { CheckpointBytes = options.CheckpointBytes, Retention = TimeSpan.FromDays(options.RetentionDays) },
                Loop = new LoopOptions { StallTimeout = options.StallTimeout },
                Loops = options.Loops,
                EndPoint = takesClients ? new IPEndPoint(options.Listen, options.Port) : null,
                Accept = Accept(options),
            };
            var sockets = new TransportOptions { SendQueueBytes = options.SendQueueBytes, SendQueueFrames = options.SendQueueFrames };
            shard = new Shard(
                shardOptions,
                (start, replay) => log = FasterCommitLog.Open(directory, new CommitLogOptions { SegmentBytes = (int)options.SegmentBytes, MarkDelay = options.MarkDelay }, start, replay),
                () => MakeTransport(options.Transport, sockets),
                TimeProvider.System,
                new ShardStores(directory.OpenCheckpoints(), directory.OpenColdFiles()));
            var observed = shard;
            metrics.Observe(
                () => observed.Account.Waiting, () => observed.Account.Expired, () => observed.Account.Unaccounted + observed.Miscounted,
                () => observed.LogDiskBytes, () => observed.ColdDiskBytes);
            shard.Start();
            Log.Recovered(shard.RecoveredBatches, log?.LogBytes ?? 0, Stopwatch.GetElapsedTime(started));
            var administration = new Administration(shard, log is null ? null : new OnlineBackup(shard, directory, log), log);
            var admin = takesClients ? AdminSocket.Open(options.DataPath, administration.HandleAsync) : null;
            if (shard.EndPoint is { } endPoint) Log.Listening(endPoint, options.RegistrationIsOpen);
            return new Server(directory, metrics, shard, administration, admin);
        }
        catch
        {
            shard?.Dispose();
            metrics.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Says goodbye to the clients, makes durable what they have sent, and ends.</summary>
    public Task StopAsync(TimeSpan deadline) => _shard.StopAsync(deadline);

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null) await _admin.DisposeAsync();
        _shard.Dispose();
        _metrics.Dispose();
        _directory.Dispose();
    }

    // FASTER occupies one thread of the pool, see VerifiedCommits; with a single core there would be no other.
    private static void SpareThread()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        if (workers <= Environment.ProcessorCount) ThreadPool.SetMinThreads(Environment.ProcessorCount + 1, completions);
    }

    private static ITransport MakeTransport(TransportKind kind, TransportOptions options) =>
        OperatingSystem.IsLinux() && kind != TransportKind.Sockets
            ? new EpollTransport(options, TimeProvider.System)
            : new SocketTransport(options, TimeProvider.System);

    private static SessionSettings Settings(ServerOptions options, DataDirectory directory) => new()
    {
        ServerId = "shard-" + directory.ShardId,
        HistoryId = directory.Incarnation,
        TokenKey = directory.TokenKey,
        RegistrationIsOpen = options.RegistrationIsOpen,
        HelloTimeout = options.HelloTimeout,
        KeepAlive = new KeepAlive
        {
            ForegroundSeconds = (int)options.KeepAliveForeground.TotalSeconds, BackgroundSeconds = (int)options.KeepAliveBackground.TotalSeconds,
        },
        Limits = new SessionLimits
        {
            FrameBytes = ProtocolLimits.BodyBytes,
            PayloadBytes = ProtocolLimits.PayloadBytes,
            UndecidedSends = ProtocolLimits.UndecidedSends,
            UnsettledAnswers = ProtocolLimits.UnsettledAnswers,
            WindowMessages = options.WindowMessages,
            // What was pushed and not acknowledged may all be in the send queue, beside the answers: it has to fit.
            WindowBytes = Math.Min(options.WindowBytes, options.SendQueueBytes * 3 / 4),
            OutboxEntries = options.OutboxEntries,
            OutboxBytes = (int)options.OutboxBytes,
            Devices = ProtocolLimits.DevicesPerUser,
            MessagesPerSecond = options.MessagesPerSecond,
            MessagesBurst = options.MessagesBurst,
        },
    };

    private static TrustedSources Trusted(ServerOptions options) => new(options.TrustSources);

    private static AcceptLimits Accept(ServerOptions options) => new()
    {
        PerSecond = options.AcceptsPerSecond,
        Burst = 2 * options.AcceptsPerSecond,
        PerSecondPerAddress = options.AcceptsPerSecondPerAddress,
        UnauthenticatedPerAddress = options.UnauthenticatedPerAddress,
        Trusted = Trusted(options),
    };
}
