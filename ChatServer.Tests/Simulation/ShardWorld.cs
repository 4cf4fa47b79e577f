using System.IO.Hashing;
using System.Net;
using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;
using ChatServer.Tests.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// A whole system in one thread under virtual time: clients, a network, the server's process with its loops and sessions, its log. One
/// seed decides who acts next, what is late, what breaks.
/// </summary>
internal sealed class ShardWorld : ModelWorld
{
    private const long Second = 1_000_000;
    private const long TickMicroseconds = 150_000;
    private const long UpkeepMicroseconds = 40_000;
    private const long LivenessSeconds = 30;
    private const int StepsPerLook = 16;
    private const int LongestKeepAliveToAwait = 4;
    private const int StepsPerAudit = 512;
    private const long LongestMicroseconds = 3_600 * Second;

    private readonly HashSet<string> _seen;
    private readonly SimulationRandom _workload;
    private readonly SimulationRandom _server;
    private readonly NetworkWeather _weather;
    private readonly ShardFaults _faults;
    private readonly PartitionMap _map;
    private readonly List<ShardClient> _clients = [];
    private readonly List<SimulatedLink> _links = [];
    private readonly List<ShardStranger> _strangers = [];
    private readonly HashSet<UserId> _registered = [];
    private readonly ShardPasswords _passwords = new();
    private readonly XxHash3 _trace = new();
    private readonly SimulatedDisk _disk;
    private ShardProcess? _process;
    private bool _hasLog;
    private ulong _acknowledged;
    private bool _isKeepingUp;
    private long _until = LongestMicroseconds;
    private int _step;
    private int _auditedTurns;
    private ulong _sessions;
    private bool _isHealed;
    private bool _isSettled;
    private bool _powerFails;

    public ShardWorld(WorldCase course, HashSet<string> seen)
    {
        _seen = seen;
        Settings = course.Applied(ShardSettings.Draw(new SimulationRandom(course.Seed, "settings")));
        Schedule = new Schedule(Time);
        _workload = new SimulationRandom(course.Seed, "workload");
        _server = new SimulationRandom(course.Seed, "server");
        _weather = new NetworkWeather(new SimulationRandom(course.Seed, "network")) { MostDelayMicroseconds = Settings.MostDelayMicroseconds, MostPieceBytes = Settings.MostPieceBytes };
        _faults = new ShardFaults(this, course.Seed);
        _map = new PartitionMap(Settings.Partitions, (ulong)course.Seed);
        _disk = new SimulatedDisk(new SimulationRandom(course.Seed, "disk"), Saw);
        for (var u = 0; u < Settings.Users; u++)
        {
            var user = UserId.Parse($"user{u}");
            _passwords.Add(user);
            for (var other = 0; other < u; other++) Join(user, UserId.Parse($"user{other}"));
            for (var d = 0; d < Settings.DevicesPerUser; d++)
            {
                _clients.Add(new ShardClient(this, user, DeviceId.Parse($"d{d}"), d == 0, new SimulationRandom(course.Seed, $"client {u} {d}")));
            }
        }
    }

    public ShardSettings Settings { get; }

    /// <summary>When the faults ended.</summary>
    public long HealedAt { get; private set; } = long.MaxValue;

    public SimulatedTime Time { get; } = new();

    public Schedule Schedule { get; }

    public IReadOnlyList<ShardClient> Clients => _clients;

    public ShardProcess? Process => _process;

    public IReadOnlyList<SimulatedLink> Links => _links;

    public override Random Random => _workload;

    public override int Step => _step;

    public override ulong Now => Time.NowMilliseconds;

    public override int WindowMessages => Settings.WindowMessages;

    public override CoreLimits Limits => Settings.Limits;

    public override bool ClientsForget => Settings.LostStores + Settings.Removals > 0;

    public override IReadOnlyList<ModelDevice> Devices => _clients;

    public static Exception? FailureOf(WorldCase course, HashSet<string> seen)
    {
        try
        {
            using var isolated = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
            var world = new ShardWorld(course, seen);
            world.Run();
            return null;
        }
        catch (Exception e)
        {
            // Whatever it is: one seed must not hide the others.
            return e;
        }
    }

    /// <summary>What everybody was told, when, and in which order.</summary>
    public static ulong TraceOf(WorldCase course)
    {
        var world = new ShardWorld(course, []);
        world.Run();
        return world._trace.GetCurrentHashAsUInt64();
    }

    public override void Saw(string site) => _seen.Add(site);

    public override PartitionState HomeOf(UserId user) => States[_map.Of(user)];

    public IReadOnlyList<string> PasswordsOf(UserId user) => _passwords.Of(user);

    public int ConfirmedPassword(UserId user) => _passwords.Confirmed(user);

    public bool IsRegistered(UserId user) => _registered.Contains(user);

    public void Registered(UserId user) => _registered.Add(user);

    public void Trace(ulong kind, ulong about, ReadOnlySpan<byte> bytes)
    {
        _trace.Append(System.Runtime.InteropServices.MemoryMarshal.AsBytes((ReadOnlySpan<ulong>)[(ulong)Time.Now, kind, about]));
        _trace.Append(bytes);
    }

    public UserId AnyRecipient(UserId sender, SimulationRandom random)
    {
        switch (random.Next(40))
        {
            case 0: return sender;
            case 1: return UserId.Parse("nobody");
        }

        var other = random.Next(Settings.Users - 1);
        var user = UserId.Parse($"user{other}");
        return user < sender ? user : UserId.Parse($"user{other + 1}");
    }

    /// <summary>For the history: a number of a connection.</summary>
    public ulong NextSession() => ++_sessions;

    /// <summary>Null: nobody listens.</summary>
    public SimulatedLink? Connect(ShardClient client) => Connect(IPAddress.Parse($"10.0.{client.User.Value[^1] - '0'}.1"));

    public SimulatedLink? Connect(IPAddress from)
    {
        if (_process is not { IsListening: true } process) return null;
        var link = new SimulatedLink(Schedule, _weather, from);
        link.Down.Capacity = _isHealed ? int.MaxValue : Settings.SocketBufferBytes;
        link.Up.Capacity = 64 * 1024;
        _links.RemoveAll(other => other.IsServerGone);
        _links.Add(link);
        Schedule.After(_weather.Delay(), () =>
        {
            if (process.IsListening) process.Arrive(link);
            else link.CrashServer();
        });
        return link;
    }

    public void MeetStranger()
    {
        if (Connect(ShardStranger.Address) is not { } link) return;
        _strangers.RemoveAll(stranger => stranger.IsGone);
        _strangers.Add(new ShardStranger(this, link, _workload));
    }

    public void SetPassword(UserId user)
    {
        if (_process is not { HasEnded: false } process) return;
        foreach (var ours in _clients.FindAll(other => other.User == user)) ours.MayBeRevoked = true;
        _passwords.Set(user, process.Shard);
    }

    public void Run()
    {
        StartProcess();
        BeginFaults();
        Schedule.After(TickMicroseconds, ActNext);
        Schedule.After(UpkeepMicroseconds, KeepUp);
        while (!_isHealed) StepOn();
        EndFaults();
        Settle();
        Record(HistoryEvent.Deadline());
        var verdict = new WorldVerdict(this);
        verdict.Check();
        _process?.Kill();
        StartProcess();
        verdict.CheckStates();
    }

    /// <summary>The process ends with its machine: what is not on the disk is gone.</summary>
    public void CutPower(int afterBoundaries)
    {
        _powerFails = true;
        if (afterBoundaries == 0) _process?.Kill();
        else _process?.KillAfter(afterBoundaries);
    }

    public void FailDisk(int afterOperations) => _disk.FailAfter(afterOperations);

    public void FillDisk(long microseconds)
    {
        _disk.IsFull = true;
        Schedule.After(microseconds, () => _disk.IsFull = false);
    }

    /// <summary>Stops as SIGTERM does, and starts again.</summary>
    public void Stop(TimeSpan deadline)
    {
        if (_process is not { HasEnded: false, IsStopping: false } process) return;
        Saw("a stop");
        process.Stop(deadline);
    }

    private IReadOnlyList<PartitionState> States => _process?.Shard.States ?? throw new InvalidOperationException("No process, no state");

    private void ActNext()
    {
        if (_isHealed) return;
        if (_faults.Acts == Settings.Acts)
        {
            _isHealed = true;
            HealedAt = Time.Now;
            return;
        }

        _faults.Next();
        _clients[_workload.Next(_clients.Count)].Act();
        Schedule.After(1 + _workload.Next(2 * Settings.ActSpacingMicroseconds), ActNext);
    }

    private void StepOn()
    {
        _step++;
        if (!Schedule.TryStep(_until)) Assert.Fail($"P10: {LivenessSeconds} seconds after the faults there is something left: {string.Join(", ", Left())}");
        if (_process is { HasEnded: false } process && process.Turns != _auditedTurns)
        {
            _auditedTurns = process.Turns; // queues change in turns only
            ShardAudit.CheckQueues(process, Settings);
        }

        if (_step % StepsPerAudit == 0) Audit();
    }

    // A start is refused for what is wrong with the disk, and for nothing else; then the operator brings a good copy.
    private void StartProcess()
    {
        var loops = _server.Next(4) == 0 ? _server.Next(1, 3) : Settings.Loops;
        _disk.Recover();
        if (!_isHealed && _server.Chance(Settings.Flips)) _disk.Flip();
        ShardProcess process;
        try
        {
            process = new ShardProcess(Settings, Schedule, Time, _server, _map, _disk, _hasLog, loops);
        }
        catch (Exception refusal) when (refusal is StorageException or InvalidDataException && (_disk.HasFlips || _disk.HasFailed))
        {
            Saw(_disk.HasFailed ? "a start meets a disk that fails" : "a flip is refused");
            _disk.MendFlips();
            Schedule.After(1_000, StartProcess);
            return;
        }

        if (process.Log.LastNumber < _acknowledged) Assert.Fail($"P1: the log ends with batch {process.Log.LastNumber} after a start, and {_acknowledged} was acknowledged");
        _hasLog = true;
        process.Ended = isStopped => ProcessEnded(process, isStopped);
        _process = process;
        if (process.Shard.Upkeep is { } upkeep) upkeep.WaitFor = until => StepUntil(process, until);
        process.Start();
        Audit();
    }

    private void ProcessEnded(ShardProcess process, bool isStopped)
    {
        process.Log.Stop();
        _acknowledged = process.Log.Mark.Number;
        if (!isStopped)
        {
            Saw("a crash");
            Record(HistoryEvent.Crashed());
            if (process.Log.LastNumber > process.Log.Mark.Number) Saw("a crash between append and commit");
            if (_disk.HasFailed || _powerFails)
            {
                Saw("a power cut");
                _disk.CutPower();
            }
        }

        _powerFails = false;
        foreach (var link in _links) link.CrashServer();
        if (_faults.MayJump) Time.OffsetMilliseconds -= _server.Next(500); // as a clock may be that was set right meanwhile
        Schedule.After(_isHealed ? 1_000 : 1_000 + _server.Next(2_000_000), () =>
        {
            if (ReferenceEquals(_process, process)) StartProcess();
        });
    }

    private void KeepUp()
    {
        var wait = UpkeepMicroseconds;
        if (!_isKeepingUp && _process is { HasEnded: false, IsStopping: false } process && process.Shard.Upkeep is { IsDue: true } upkeep)
        {
            _isKeepingUp = true;
            var isDone = true;
            process.Guarded(() => isDone = upkeep.TryKeepUp());
            _isKeepingUp = false;
            if (isDone) Saw("a checkpoint");
            else wait = 10 * UpkeepMicroseconds; // the disk is full
        }

        Schedule.After(wait, KeepUp);
    }

    private void StepUntil(ShardProcess process, Func<bool> condition)
    {
        while (!condition())
        {
            if (process.HasEnded)
            {
                Saw("a crash during upkeep");
                throw new WorldCrashed();
            }

            StepOn();
        }
    }

    // Faults are over: everybody connects and answers, until nobody has anything left to do.
    private void Settle()
    {
        _weather.MostDelayMicroseconds = 2_000;
        _powerFails = false;
        _disk.IsFull = false;
        _disk.FailAfter(0);
        _disk.MendFlips();
        _process?.KillAfter(0);
        _process?.GoOn();
        foreach (var link in _links)
        {
            link.Up.StalledUntil = link.Down.StalledUntil = 0;
            link.Down.Capacity = int.MaxValue;
        }

        var perSecond = Settings.HasRates ? Math.Min(Settings.Limits.MessagesPerSecond, Settings.Limits.UnansweredPerSecond) : 1_000;
        _until = Time.Now + (LivenessSeconds * Second) + (long)(1_000 / perSecond * Second);
        for (var i = 0; i < _clients.Count; i++) TickNext(_clients[i]);
        while (!IsQuiet())
        {
            for (var steps = 0; steps < StepsPerLook; steps++) StepOn();
        }


        _isSettled = true;
    }

    private void TickNext(ShardClient client)
    {
        if (_isSettled) return;
        client.Settle();
        Schedule.After(TickMicroseconds, () => TickNext(client));
    }

    private bool IsQuiet() =>
        _clients.TrueForAll(client => client.IsDone) && _process is { HasEnded: false, IsStopping: false, IsQuiet: true }
        && States.All(state => StateAudit.Unacknowledged(state) == 0 && state.Bodies.LiveSections == 0)
        && ShardAudit.IsSettled(_clients, this) && _strangers.TrueForAll(stranger => stranger.IsGone)
        && (Settings.KeepAliveSeconds > LongestKeepAliveToAwait || _process.Transports.Sum(transport => transport.Open.Count) == _clients.Count);

    private IEnumerable<string> Left()
    {
        foreach (var client in _clients.Where(client => !client.IsDone)) yield return client.Describe();
        if (_process is not { HasEnded: false } process)
        {
            yield return "no process";
            yield break;
        }

        foreach (var loop in process.Shard.Loops) yield return $"{loop.Partitions.HeldDrains} drains{(loop.Partitions.IsBlocked ? ", blocked" : "")}, {loop.Sessions.Count} connections";
        foreach (var state in States)
        {
            if (StateAudit.Unacknowledged(state) > 0) yield return $"{StateAudit.Unacknowledged(state)} lane records of partition {state.Id}";
            if (state.Bodies.LiveSections > 0) yield return $"{state.Bodies.LiveSections} sections of partition {state.Id}";
        }

        foreach (var stranger in _strangers.Where(stranger => !stranger.IsGone)) yield return $"a stranger since {stranger.Since}";
        if (!ShardAudit.IsSettled(_clients, this)) yield return "what clients have settled is not settled";
    }

    private void Audit()
    {
        if (_process is not { HasEnded: false }) return;
        foreach (var state in States) StateAudit.Check(state);
        StateAudit.CheckLanes(States);
        StateAudit.CheckHeads(States);
    }
}
