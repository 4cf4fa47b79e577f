using System.IO.Hashing;
using System.Security.Cryptography;
using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;
using ChatServer.Tests.Simulation;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// A whole shard in one thread under virtual time: the partitions and the drains of the real loops over a log in memory, with model
/// clients, and one seed that decides who acts next, what is late, what breaks.
/// </summary>
internal sealed class CoreWorld : ModelWorld, IDisposable
{
    private const int DrainRounds = 400;

    private readonly List<ModelClient> _clients = [];
    private readonly List<ModelConnection> _connections = [];
    private readonly HashSet<string> _seen;
    private readonly PartitionMap _map;
    private readonly Queue<Mail.Lane>[] _lanes;
    private readonly Queue<ulong>[] _heard;
    private readonly WorldCheckpoints _checkpoints;
    private MemoryCommitLog _log;
    private PartitionState[] _states = [];
    private WorldLoop[] _loops = [];
    private readonly Random _random;
    private int _step;
    private ulong _now = 1_000_000;
    private ulong _sessions;
    private int _said;
    private int _crashes;
    private bool _isCheckpointing;

    public CoreWorld(WorldCase course, HashSet<string> seen)
    {
        var seed = course.Seed;
        _random = new Random(seed);
        Settings = course.Applied(WorldSettings.Draw(_random));
        _seen = seen;
        _map = new PartitionMap(Settings.Partitions, (ulong)seed);
        _lanes = NewQueues<Mail.Lane>();
        _heard = NewQueues<ulong>();
        _log = new MemoryCommitLog(Settings.MaxBatchBytes, Settings.CapacityBatches, Settings.SegmentBytes);
        _checkpoints = new WorldCheckpoints(this, _map);
        Start(new ShardRecovery(NewStates()));
        for (var u = 0; u < Settings.Users; u++)
        {
            var user = UserId.Parse($"user{u}");
            for (var other = 0; other < u; other++) Join(user, UserId.Parse($"user{other}"));

            for (var d = 0; d < Settings.DevicesPerUser; d++) _clients.Add(new ModelClient(this, user, DeviceId.Parse($"d{d}"), d == 0));
        }
    }

    /// <summary>One run; what it broke on, or null.</summary>
    public static Exception? FailureOf(WorldCase course, HashSet<string> seen)
    {
        try
        {
            using var isolated = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
            using var world = new CoreWorld(course, seen);
            world.Run();
            return null;
        }
        catch (Exception e)
        {
            // Whatever it is: one seed must not hide the others.
            return e;
        }
    }

    /// <summary>The bytes of all partitions at the end, and what was said on the way.</summary>
    public static string TraceOf(WorldCase course)
    {
        using var world = new CoreWorld(course, []);
        world.Run();
        var states = world._states.Select(state => Convert.ToHexString(SHA256.HashData(PartitionSnapshot.Write(state))));
        return $"{world._said} {string.Join(' ', states)}";
    }

    public override Random Random => _random;

    public WorldSettings Settings { get; }

    public override int Step => _step;

    public override ulong Now => _now;

    public override int WindowMessages => Settings.WindowMessages;

    public override CoreLimits Limits => Settings.Limits;

    public override bool ClientsForget => Settings.LostStores + Settings.Removals > 0;

    public override IReadOnlyList<ModelDevice> Devices => _clients;

    public IReadOnlyList<PartitionState> States => _states;

    public override PartitionState HomeOf(UserId user) => _states[_map.Of(user)];

    public override void Saw(string site) => _seen.Add(site);

    public UserId AnyRecipient(UserId sender) => Random.Next(40) switch
    {
        0 => sender,
        1 => UserId.Parse("nobody"),
        _ => _clients[Random.Next(_clients.Count)].User is var other && other != sender ? other : _clients[^1].User == sender ? _clients[0].User : _clients[^1].User,
    };

    public ModelConnection Connect(ModelClient client)
    {
        var connection = new ModelConnection(++_sessions, _map.Of(client.User), client);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>The client is gone; some of what it said is still on its way, then the server sees the end.</summary>
    public void Cut(ModelConnection connection)
    {
        var arriving = connection.ToServer.ToArray();
        connection.ToServer.Clear();
        foreach (var action in arriving.AsSpan(0, Random.Next(arriving.Length + 1))) connection.ToServer.Enqueue(action);
        connection.ToServer.Enqueue(partition => partition.Close(connection.Session));
        connection.ToClient.Clear();
        connection.IsCut = true;
    }

    public void Run()
    {
        BeginFaults();
        while (Step < Settings.Steps) TakeStep();
        EndFaults();
        Drain();
        new WorldVerdict(this).Check();
        Crash(_log.LastNumber);
        new WorldVerdict(this).CheckStates();
    }

    public void Dispose() => _log.Dispose();

    private void TakeStep()
    {
        Fault();
        _now += (ulong)Random.Next(20);
        if (Random.Next(2) == 0) _clients[Random.Next(_clients.Count)].Act(Random);
        if (Random.Next(Settings.CommitDelay) == 0) CompleteSomeCommits();
        TakeTurn(_loops[Random.Next(_loops.Length)], Random.Next(1, 10));
        if (_step++ % 8 == 0) Audit();
        if (_isCheckpointing || Random.Next(1000) >= Settings.Checkpoints) return;
        _isCheckpointing = true;
        _checkpoints.KeepUp(_log, Between, InDrain);
        _isCheckpointing = false;
    }

    // The world goes on before each act, and may crash: then whoever asked for it is gone too.
    private void Between(int partition, Action<LoopPartitions> act)
    {
        var crashes = _crashes;
        for (var steps = Random.Next(4); steps > 0 && Step < Settings.Steps; steps--) TakeStep();
        var loop = LoopOf(partition);
        while (crashes == _crashes && (!EndDrain(loop) || loop.Partitions.HasEntered)) _log.CompleteCommit();
        if (crashes != _crashes) throw new WorldCrashed();
        act(loop.Partitions);
    }

    private void InDrain(int partition, Action<Partition> input) => Between(partition, loop =>
    {
        input(loop.Enter(partition));
        while (!EndDrain(LoopOf(partition))) _log.CompleteCommit();
        _log.CompleteCommit();
    });

    private void Fault()
    {
        if (Random.Next(1000) < Settings.Crashes) Crash((ulong)Random.NextInt64((long)_log.Durable.BatchNumber, (long)_log.LastNumber + 1));
        var client = _clients[Random.Next(_clients.Count)];
        if (Random.Next(1000) < Settings.Cuts) client.Cut(Random);
        if (Random.Next(1000) < Settings.LostStores) client.LoseStore();
        if (Random.Next(1000) < Settings.Removals)
        {
            var ours = _clients.FindAll(other => other.User == client.User);
            client.RemoveOther(ours[Random.Next(ours.Count)]);
        }

        if (Random.Next(1000) >= Settings.Passwords) return;
        var loop = LoopOf(_map.Of(client.User));
        if (loop.Partitions.IsBlocked) return;
        foreach (var ours in _clients.FindAll(other => other.User == client.User)) ours.MayBeRevoked = true;
        loop.Turn.Now = Now;
        loop.Partitions.Enter(_map.Of(client.User)).SetPassword(client.User, [4, 5, 6]);
    }

    private void CompleteSomeCommits()
    {
        if (_log.LastNumber > _log.Durable.BatchNumber) _log.CompleteCommit((ulong)Random.NextInt64((long)_log.Durable.BatchNumber + 1, (long)_log.LastNumber + 1));
    }

    private void TakeTurn(WorldLoop loop, int inputs)
    {
        loop.Turn.Now = Now;
        if (loop.Partitions.IsBlocked && !EndDrain(loop))
        {
            Saw("a log that refuses");
            Release(loop);
            return;
        }

        for (; inputs > 0 && MakeRoom(loop); inputs--)
        {
            if (!TakeMail(loop) && !TakeRequest(loop)) break;
        }

        if (!loop.Partitions.IsBlocked && Random.Next(3) == 0) loop.Partitions.Tick();
        EndDrain(loop);
        Release(loop);
        loop.Partitions.LetGo(Settings.ResidentBytes);
    }

    private bool MakeRoom(WorldLoop loop) => !loop.Partitions.IsBlocked && (!loop.Partitions.IsFull() || EndDrain(loop));

    private bool EndDrain(WorldLoop loop) => loop.Partitions.TryEndDrain(
        mail => _lanes[LaneIndex(mail.Record.From, mail.Record.To)].Enqueue(mail),
        (from, to, upTo) =>
        {
            if (loop.Partitions.Owns(from)) loop.Partitions.Hear(from, to, upTo);
            else _heard[LaneIndex(from, to)].Enqueue(upTo);
        });

    private void Release(WorldLoop loop)
    {
        if (loop.Partitions.TakenBack > 0) Saw("a run taken back");
        loop.Partitions.Release((in HeldOutputs.Released released) => Speak(loop, released.Output));
    }

    private void Speak(WorldLoop loop, in Output lent)
    {
        // What a frame would carry away at once stays here for a while.
        var output = lent with { Marks = lent.Marks.ToArray() };
        var spoken = new Spoken(output);
        _said = HashCode.Combine(_said, Step, output.Kind, output.Session, output.First, output.Second, output.Code);
        if (output.Kind == OutputKind.Message)
        {
            var reader = new RecordReader(loop.Partitions.Body(output.Partition, output.Body));
            var message = Authored.Read(ref reader);
            spoken = new Spoken(output, message.Sender, message.Device, message.SendNumber, XxHash3.HashToUInt64(message.Payload));
        }

        if (output is { Kind: OutputKind.LoginRefused, Code: ErrorCode.StaleAttempt }) Saw("a ghost refused");
        if (output is { Kind: OutputKind.Ended, Code: ErrorCode.TakenOver }) Saw("a session taken over");
        var session = output.Session;
        if (_connections.Find(connection => connection.Session == session) is not { } to) return;
        Assert.That(to.IsEnded, Is.False, $"P6: something is said after the end of session {session}");
        to.IsEnded = output.Kind is OutputKind.Ended or OutputKind.LoginRefused;
        if (!to.IsCut) to.ToClient.Enqueue(spoken);
    }

    private bool TakeMail(WorldLoop loop)
    {
        if (Random.Next(Settings.LaneDelay) != 0) return false;
        var start = Random.Next(_lanes.Length);
        for (var i = 0; i < _lanes.Length; i++)
        {
            var index = (start + i) % _lanes.Length;
            var (from, to) = (index / Settings.Partitions, index % Settings.Partitions);
            if (loop.Partitions.Owns(from) && _heard[index].TryDequeue(out var upTo))
            {
                loop.Partitions.Hear(from, to, upTo);
                return true;
            }

            if (!loop.Partitions.Owns(to) || !_lanes[index].TryDequeue(out var mail)) continue;
            loop.Partitions.Receive(mail.Record, mail.Payload);
            return true;
        }

        return false;
    }

    private bool TakeRequest(WorldLoop loop)
    {
        _connections.RemoveAll(connection => connection.IsCut && connection.ToServer.Count == 0);
        var ready = _connections.FindAll(connection => connection.ToServer.Count > 0 && loop.Partitions.Owns(connection.Home));
        if (ready.Count == 0) return false;
        var next = ready[Random.Next(ready.Count)];
        var action = next.ToServer.Dequeue();
        if (!next.IsEnded || next.ToServer.Count == 0) action(loop.Partitions.Enter(next.Home));
        return true;
    }

    /// <summary>Everything volatile is gone; of the log, at least what was durable is left.</summary>
    private void Crash(ulong keptUpTo)
    {
        Saw("a crash");
        _crashes++;
        _checkpoints.Crash();
        _now -= (ulong)Random.Next(500); // as a clock may be that was set right meanwhile
        if (keptUpTo < _log.LastNumber) Saw("a crash between append and commit");
        if (_lanes.Any(lane => lane.Count > 0)) Saw("a crash with mail on its way");
        foreach (var client in _clients) client.Cut(Random);
        Record(HistoryEvent.Crashed());
        _connections.Clear();
        foreach (var lane in _lanes) lane.Clear();
        foreach (var heard in _heard) heard.Clear();
        var recovery = new RecoveryThroughSnapshots(NewStates(), Random);
        _log = _log.Restart(recovery.Replay, keptUpTo);
        _states = recovery.Finish();
        var fromCheckpoint = _checkpoints.Recover(_log, _states);
        if (Random.Next(2) == 0)
        {
            Start(recovery.Recovery);
        }
        else
        {
            _states = fromCheckpoint.States;
            Start(fromCheckpoint);
        }

        Record(HistoryEvent.Started());
        Audit();
    }

    private PartitionState[] NewStates() =>
        _states = [.. Enumerable.Range(0, Settings.Partitions).Select(id => new PartitionState(id, _map, Settings.Limits))];

    private void Start(ShardRecovery recovery)
    {
        var count = Random.Next(4) == 0 ? Random.Next(1, 4) : Settings.Loops;
        var turns = Enumerable.Range(0, count).Select(_ => new Turn()).ToArray();
        var slots = Enumerable.Range(0, count).Select(_ => new PartitionSlot?[Settings.Partitions]).ToArray();
        for (var id = 0; id < Settings.Partitions; id++)
        {
            var slot = new PartitionSlot(new Partition(_states[id], turns[id % count]), _log, _checkpoints.Cold);
            recovery.HandOver(id, slot);
            slots[id % count][id] = slot;
        }

        _loops = [.. Enumerable.Range(0, count).Select(i => new WorldLoop(_log, turns[i], slots[i], recovery.LastBatch))];
        foreach (var loop in _loops)
        {
            loop.Turn.Now = Now;
            loop.Partitions.EnterAllWithPosts();
            EndDrain(loop);
        }
    }

    // Faults are over: everybody connects and answers, until nobody has anything left to do.
    private void Drain()
    {
        for (var round = 0; round < DrainRounds; round++)
        {
            _now += 1_000;
            _step++;
            foreach (var client in _clients) client.Settle(everything: true);
            for (var i = 0; i < 4; i++)
            {
                foreach (var loop in _loops)
                {
                    TakeTurn(loop, int.MaxValue);
                    loop.Partitions.Tick();
                    EndDrain(loop);
                    _log.CompleteCommit();
                    Release(loop);
                }
            }

            Audit();
            if (round <= 3 || !IsQuiet()) continue;
            Record(HistoryEvent.Deadline());
            return;
        }

        Record(HistoryEvent.Deadline());
        Assert.Fail($"P10: after {DrainRounds} rounds there is something left: {string.Join(", ", Left())}");
    }

    private IEnumerable<string> Left()
    {
        foreach (var client in _clients.Where(client => !client.IsDone)) yield return client.Describe();
        for (var i = 0; i < _lanes.Length; i++)
        {
            if (_lanes[i].Count + _heard[i].Count > 0) yield return $"{_lanes[i].Count} records and {_heard[i].Count} acknowledgements from {i / Settings.Partitions} to {i % Settings.Partitions}";
        }

        foreach (var state in _states)
        {
            if (StateAudit.Unacknowledged(state) > 0) yield return $"{StateAudit.Unacknowledged(state)} lane records of partition {state.Id}";
            if (state.Bodies.LiveSections > 0) yield return $"{state.Bodies.LiveSections} sections of partition {state.Id}";
            foreach (var membership in StateAudit.Users(state).SelectMany(user => user.Memberships.All.ToArray()).Where(membership => membership.TailCount > 0))
            {
                var cursors = membership.User.Slots.ToArray().Select((slot, i) => $"{slot.Device?.Id.Value ?? (slot.Active ? "placeholder" : "-")} {membership.DeliveredTo(i)}");
                yield return $"{membership.TailCount} entries of {membership.User.Id} with {membership.Other} up to {membership.Head} ({string.Join(", ", cursors)})";
            }
        }
    }

    private bool IsQuiet() =>
        _clients.TrueForAll(client => client.IsDone) && Array.TrueForAll(_lanes, lane => lane.Count == 0) && Array.TrueForAll(_heard, heard => heard.Count == 0)
        && Array.TrueForAll(_loops, loop => !loop.Partitions.IsBlocked && loop.Partitions.HeldDrains == 0)
        && Array.TrueForAll(_states, state => StateAudit.Unacknowledged(state) == 0 && state.Bodies.LiveSections == 0);

    private void Audit()
    {
        foreach (var state in _states) StateAudit.Check(state);
        StateAudit.CheckLanes(_states);
        StateAudit.CheckHeads(_states);
    }

    private WorldLoop LoopOf(int partition) => Array.Find(_loops, loop => loop.Partitions.Owns(partition)) ?? throw new InvalidOperationException();

    private int LaneIndex(int from, int to) => (from * Settings.Partitions) + to;

    private Queue<T>[] NewQueues<T>() => [.. Enumerable.Range(0, Settings.Partitions * Settings.Partitions).Select(_ => new Queue<T>())];
}
