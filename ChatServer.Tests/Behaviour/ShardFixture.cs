using NUnit.Framework;
using System.Net;
using System.Security.Cryptography;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Sessions;
using ChatServer.Storage;
using ChatServer.Tests.Storage;

namespace ChatServer.Tests.Behaviour;

/// <summary>
/// A real shard with real sockets over a log in memory: everything but the disk. Can be stopped and started again on the same log.
/// </summary>
internal sealed class ShardFixture : IDisposable
{
    private readonly byte[] _tokenKey = RandomNumberGenerator.GetBytes(32);
    private readonly int _loops;
    private readonly bool _trustsLoopback;
    private readonly LoopOptions _loopOptions;
    private readonly UpkeepOptions? _upkeep;
    private readonly ServerMetrics _metrics = new();
    private MemoryCommitLog _memory = new();
    private EagerCommitLog? _log;
    private Shard? _shard;

    public ShardFixture(int loops = 1, CoreLimits? limits = null, Func<SessionSettings, SessionSettings>? change = null, TransportOptions? sockets = null, bool trustsLoopback = true, LoopOptions? loop = null, UpkeepOptions? upkeep = null)
    {
        _loops = loops;
        _upkeep = upkeep;
        _trustsLoopback = trustsLoopback;
        _loopOptions = loop ?? new LoopOptions();
        Limits = limits ?? new CoreLimits();
        Sockets = sockets ?? new TransportOptions();
        Settings = new SessionSettings
        {
            ServerId = "test",
            HistoryId = new byte[16],
            TokenKey = _tokenKey,
            RegistrationIsOpen = true,
            Limits = new SessionLimits
            {
                FrameBytes = ProtocolLimits.BodyBytes, PayloadBytes = ProtocolLimits.PayloadBytes, UndecidedSends = Limits.UndecidedSends,
                UnsettledAnswers = Limits.UnsettledAnswers, WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = 192 * 1024,
                OutboxEntries = Limits.OutboxEntries, OutboxBytes = (int)Limits.OutboxBytes, Devices = Limits.DevicesPerUser,
                MessagesPerSecond = 20, MessagesBurst = 60,
            },
        };
        Settings = change?.Invoke(Settings) ?? Settings;
        Start();
    }

    public CoreLimits Limits { get; }

    public SessionSettings Settings { get; }

    public TransportOptions Sockets { get; }

    public IPEndPoint EndPoint => Shard.EndPoint ?? throw new InvalidOperationException("The shard listens");

    public Shard Shard => _shard ?? throw new InvalidOperationException("The shard is started");

    /// <summary>As kill -9 does, as far as memory can tell: what is not durable is gone, and everybody is cut off.</summary>
    public void Crash()
    {
        var log = _log ?? throw new InvalidOperationException("The shard is started");
        Shard.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
        Shard.Dispose();
        log.Dispose();
        Start();
    }

    public void Dispose()
    {
        Shard.StopAsync(TimeSpan.FromSeconds(5)).GetAwaiter().GetResult();
        var failed = Shard.Failed;
        Shard.Dispose();
        _log?.Dispose();
        _metrics.Dispose();
        if (failed.IsFaulted) throw new AssertionException("The shard failed: " + failed.Exception);
    }

    private void Start()
    {
        var trusted = new TrustedSources(_trustsLoopback ? [IPNetwork.Parse("127.0.0.0/8")] : []);
        var options = new ShardOptions
        {
            Rules = new LoopSessionRules(Settings, new PartitionMap(64, 42), trusted, _metrics),
            Limits = Limits,
            Loop = _loopOptions,
            Loops = _loops,
            EndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Accept = new AcceptLimits { Trusted = trusted },
            Upkeep = _upkeep ?? new UpkeepOptions(),
        };
        _shard = new Shard(options, Open, () => new SocketTransport(Sockets, TimeProvider.System), TimeProvider.System, Stores());
        _shard.Start();
    }

    private EagerCommitLog Open(LogStart start, ReplaySection replay)
    {
        _memory = _memory.Restart(replay);
        return _log = new EagerCommitLog(_memory);
    }

    // Those of one life: a start begins with the log, which keeps everything.
    private ShardStores? Stores() =>
        _upkeep is null ? null : new ShardStores(new CheckpointFiles(new MemoryFolder(), 0), ColdFiles.Open(new MemoryFolder(), 0));
}
