using System.Net;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Sessions;
using ChatServer.Storage;
using ChatServer.Tests.Core;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// One run of the server's process: the shard as it is, its loops given their turns by the schedule. It ends when it is killed, at any
/// boundary between it and the world, or when it has stopped.
/// </summary>
internal sealed class ShardProcess
{
    public static readonly byte[] HistoryId = [.. Enumerable.Range(1, ProtocolLimits.HistoryBytes).Select(i => (byte)i)];

    private static readonly byte[] TokenKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly ServerMetrics Metrics = new();
    private static readonly IPEndPoint Anywhere = new(IPAddress.Any, 1);

    private readonly ShardSettings _settings;
    private readonly Schedule _schedule;
    private readonly SimulationRandom _random;
    private readonly SimulatedPasswords _passwords;
    private readonly SimulatedTransport[] _transports;
    private readonly long[] _nextTurn;
    private readonly bool[] _hasStopped;
    private readonly SimulatedDisk _disk;
    private bool _isKilled;
    private int _killAfter;
    private long _pausedUntil;
    private readonly Action[] _turns;
    private int _made;

    public ShardProcess(ShardSettings settings, Schedule schedule, SimulatedTime time, SimulationRandom random, PartitionMap map, SimulatedDisk disk, bool hasLog, int loops)
    {
        _disk = disk;
        disk.Boundary = Boundary;
        _settings = settings;
        _schedule = schedule;
        _random = random;
        _passwords = new SimulatedPasswords(schedule, random, settings.PasswordQueue);
        var sockets = new TransportOptions { SendQueueBytes = settings.SendQueueBytes, SendQueueFrames = settings.SendQueueFrames, ReceiveShareBytes = settings.ReceiveShareBytes };
        _transports = [.. Enumerable.Range(0, loops).Select(_ => new SimulatedTransport(sockets, time, random, Boundary))];
        SimulatedCommitLog Open(LogStart start, ReplaySection replay) => SimulatedCommitLog.Open(disk, !hasLog, start, replay, map.Count, schedule, random, LogOptions());
        SimulatedCommitLog? log = null;
        Shard = new Shard(
            Options(settings, map, random, loops), (start, replay) => log = Open(start, replay), () => _transports[_made++], time,
            new ShardStores(new CheckpointFiles(disk.Checkpoints, 0), ColdFiles.Open(disk.Cold, 0)), _passwords.TryEnqueue);
        Log = log ?? throw new InvalidOperationException("A shard opens its log");
        Log.OnFailure(_ => schedule.After(1, Kill));
        _nextTurn = [.. Enumerable.Repeat(long.MaxValue, loops)];
        _hasStopped = new bool[loops];
        _turns = [.. Enumerable.Range(0, loops).Select(Action (i) => () => _hasStopped[i] = !Shard.Loops[i].TryTurn())];
    }

    public Shard Shard { get; }

    public SimulatedCommitLog Log { get; }

    /// <summary>Called once, when the process is there no more; true: it had been asked to stop.</summary>
    public Action<bool>? Ended { get; set; }

    public bool HasEnded { get; private set; }

    /// <summary>Turns of all loops so far.</summary>
    public int Turns { get; private set; }

    public bool IsStopping { get; private set; }

    public bool IsListening => !HasEnded && _transports[0].IsListening;

    public IReadOnlyList<SimulatedTransport> Transports => _transports;

    /// <summary>Nothing is under way: what clients have said was heard, and what is to be said has left.</summary>
    public bool IsQuiet => Shard.Loops.All(loop => loop.Partitions is { IsBlocked: false, HeldDrains: 0 });

    public void Start()
    {
        _transports[0].Listen(Anywhere, Accept(_settings));
        for (var i = 0; i < _transports.Length; i++)
        {
            var index = i;
            _transports[i].Woken = () => TurnAfter(index, 10 + _random.Next(_settings.MostTurnLatencyMicroseconds));
        }

        Guarded(() =>
        {
            foreach (var loop in Shard.Loops) loop.Begin();
        });
        for (var i = 0; i < _transports.Length; i++) TurnAfter(i, 10);
    }

    public void Arrive(SimulatedLink link) => _transports[0].Arrive(link);

    /// <summary>After so many more boundaries the process is killed where it is then.</summary>
    public void KillAfter(int boundaries) => _killAfter = boundaries;

    public void PauseUntil(long time) => _pausedUntil = Math.Max(_pausedUntil, time);

    public void GoOn() => _pausedUntil = 0;

    /// <summary>As SIGTERM does.</summary>
    public void Stop(TimeSpan deadline)
    {
        IsStopping = true;
        foreach (var loop in Shard.Loops) loop.RequestStop(deadline);
    }

    public void Kill()
    {
        if (HasEnded) return;
        HasEnded = _isKilled = true;
        Log.Stop();
        _passwords.Stop();
        foreach (var transport in _transports) transport.Crash();
        Ended?.Invoke(false);
    }

    private static ShardOptions Options(ShardSettings settings, PartitionMap map, SimulationRandom random, int loops) => new()
    {
        Rules = new LoopSessionRules(
            new SessionSettings
            {
                ServerId = "simulated",
                HistoryId = HistoryId,
                TokenKey = TokenKey,
                RegistrationIsOpen = true,
                KeepAlive = new KeepAlive { ForegroundSeconds = settings.KeepAliveSeconds, BackgroundSeconds = settings.KeepAliveSeconds },
                Limits = new SessionLimits
                {
                    FrameBytes = ProtocolLimits.BodyBytes, PayloadBytes = ProtocolLimits.PayloadBytes, UndecidedSends = settings.Limits.UndecidedSends,
                    UnsettledAnswers = settings.Limits.UnsettledAnswers, WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = 192 * 1024,
                    OutboxEntries = settings.Limits.OutboxEntries, OutboxBytes = (int)settings.Limits.OutboxBytes, Devices = settings.Limits.DevicesPerUser,
                    MessagesPerSecond = (int)settings.Limits.MessagesPerSecond, MessagesBurst = (int)settings.Limits.MessagesBurst,
                },
            },
            map,
            Trusted(settings),
            Metrics)
        {
            FillRandom = random.NextBytes,
        },
        Limits = settings.Limits,
        Loop = new LoopOptions { ResidentPayloadBytes = settings.ResidentBytes },
        Loops = loops,
        Upkeep = new UpkeepOptions { CheckpointBytes = settings.CheckpointBytes },
    };

    private static TrustedSources Trusted(ShardSettings settings) => settings.HasRates ? TrustedSources.None : new TrustedSources([IPNetwork.Parse("10.0.0.0/8")]);

    private static AcceptLimits Accept(ShardSettings settings) => new() { Connections = 10_000, Trusted = Trusted(settings) };

    private void Boundary()
    {
        // What a dead process still unwinds touches nothing any more.
        if (_isKilled) throw new ProcessKilledException();
        if (_killAfter == 0 || --_killAfter > 0) return;
        _isKilled = true;
        throw new ProcessKilledException();
    }

    private SimulatedLogOptions LogOptions() => new()
    {
        PageBytes = _settings.PageBytes,
        SegmentBytes = _settings.PageBytes * _settings.SegmentPages,
        SectorBytes = _settings.SectorBytes,
        MemoryBytes = _settings.MemoryBytes,
        MarkFollows = _settings.Flips == 0,
        MostStepMicroseconds = Math.Max(1, _settings.MostCommitMicroseconds / 4),
        Boundary = Boundary,
        Guarded = Guarded,
    };

    private void TurnAfter(int index, long microseconds)
    {
        var at = _schedule.Now + microseconds;
        if (at >= _nextTurn[index]) return;
        _nextTurn[index] = at;
        _schedule.At(at, () => Turn(index, at));
    }

    private void Turn(int index, long at)
    {
        if (HasEnded || _nextTurn[index] != at || _hasStopped[index]) return;
        _nextTurn[index] = long.MaxValue;
        if (_pausedUntil > _schedule.Now)
        {
            TurnAfter(index, _pausedUntil - _schedule.Now);
            return;
        }

        Turns++;
        var loop = Shard.Loops[index];
        Guarded(_turns[index]);
        if (HasEnded) return;
        if (!_hasStopped[index])
        {
            var wait = _transports[index].LongestWait(loop.PollTimeout());
            TurnAfter(index, 10 + (long)Math.Ceiling(wait.TotalMicroseconds));
        }
        else if (Array.TrueForAll(_hasStopped, stopped => stopped))
        {
            HasEnded = true;
            _passwords.Stop();
            foreach (var transport in _transports) transport.Woken = null;
            Shard.Dispose();
            Ended?.Invoke(true);
        }
    }

    /// <summary>Does something in the process. It may be killed there; or its storage fails, and then it ends by itself.</summary>
    public void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (ProcessKilledException)
        {
            Kill();
        }
        catch (InvalidDataException) when (Log.Failure is not null)
        {
            Kill(); // a payload that could not be read
        }
        catch (WorldCrashed)
        {
            // Its upkeep ended with it.
        }
        catch (StorageException) when (_disk.HasFailed || _disk.HasFlips)
        {
            Kill();
        }
    }
}
