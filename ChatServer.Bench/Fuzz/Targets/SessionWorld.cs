using System.Buffers;
using System.Net;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Sessions;
using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// One loop of a shard without sockets, threads and clock: the sessions, partitions and drains of production over a log in memory. It
/// does what <see cref="LoopSessions"/> does with connections, with lines of four clients instead.
/// </summary>
internal sealed class SessionWorld : IDisposable
{
    public const int Lines = 4;

    private const int PartitionCount = 2;

    /// <summary>Frames that wait while a session does not read; what is beyond them never came.</summary>
    private const int WaitingMax = 128;

    private readonly PartitionMap _map;
    private readonly MemoryCommitLog _log = new();
    private readonly Turn _turn = new() { Now = 1_700_000_000_000 };
    private readonly PartitionState[] _states;
    private readonly LoopPartitions _partitions;
    private readonly Handshake _handshake;
    private readonly SessionDispatch _dispatch;
    private readonly OutputFrames _frames;
    private readonly SessionLine?[] _lines = new SessionLine?[Lines];
    private readonly Dictionary<ulong, SessionLine> _bySession = [];
    private readonly Dictionary<(UserId, DeviceId), byte[]> _tokens = [];
    private readonly SessionSettings _settings;
    private readonly List<Session> _leaving = [];
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly SessionTruth _truth = new();
    private ulong _lastSession;

    public SessionWorld(PartitionMap map)
    {
        _map = map;
        _settings = Settings();
        _states = States(map);
        var slots = _states.Select(state => new PartitionSlot(new Partition(state, _turn), _log)).ToArray();
        _partitions = new LoopPartitions(_log, _turn, slots, 0);
        var ports = new SessionPorts(_partitions.Enter, (session, reply) => Say(LineOf(session.Id), reply.Write), static bytes => bytes.Fill(0x5A));
        _handshake = new Handshake(_settings, map, new LoginThrottle(), ports);
        _dispatch = new SessionDispatch(_settings, _handshake, ports);
        _frames = new OutputFrames(_settings);
    }

    public static PartitionMap NewMap() => new(PartitionCount, 7);

    /// <summary>Of the partitions after a few conversations; for whoever wants to read them.</summary>
    public static IReadOnlyList<byte[]> Snapshots(PartitionMap map)
    {
        var snapshots = new List<byte[]>();
        foreach (var steps in Course.Seeds)
        {
            using var world = new SessionWorld(map);
            world.Play(steps);
            snapshots.Add(PartitionSnapshot.Write(world._states[0]));
        }

        return snapshots;
    }

    public void Dispose() => _log.Dispose();

    public void Play(ReadOnlySpan<byte> steps)
    {
        foreach (var step in new Course(steps))
        {
            Do(step);
            if (!step.HoldsPasswords) FinishPasswords();
            if (step.EndsDrain) EndDrain();
            if (step.Commits) Commit();
        }

        for (var round = 0; round < 3; round++)
        {
            FinishPasswords();
            EndDrain();
            Commit();
        }
    }

    /// <summary>What must hold of the whole when everything is durable and said.</summary>
    public void Check()
    {
        Oracle.Holds(_partitions.HeldDrains == 0, "when everything is durable everything was said");
        var states = States(_map);
        var recovery = new ShardRecovery(states);
        using var next = _log.Restart(recovery.Replay);
        for (var i = 0; i < states.Length; i++)
        {
            var live = PartitionSnapshot.Write(_states[i]);
            Oracle.Holds(PartitionSnapshot.Write(states[i]).AsSpan().SequenceEqual(live), "what a start replays is the state that was left");
            Oracle.Holds(PartitionSnapshot.Write(PartitionSnapshot.Read(live, i, _map, states[i].Limits)).AsSpan().SequenceEqual(live), "a snapshot is read as it was written");
        }

        SessionTruth.CheckCaps(_states);
        _truth.CheckHeads(_states);
    }

    private void Do(CourseStep step)
    {
        LeavePartitions();
        switch (step.Kind)
        {
            case CourseStepKind.Connect: Connect(step.Line); break;
            case CourseStepKind.Hangup: HangUp(step.Line); break;
            case CourseStepKind.Wait: _turn.Now += step.Milliseconds; break;
            case CourseStepKind.Frame: Receive(step.Line, step.FrameKind, step.Correlation, step.Body.ToArray()); break;
            case CourseStepKind.LoginAgain: Receive(step.Line, FrameKind.Hello, step.Correlation, WithToken(step.Body.ToArray())); break;
            default: throw new InvalidOperationException($"A step of kind {step.Kind}");
        }
    }

    private void Connect(int place)
    {
        HangUp(place);
        var session = new Session(++_lastSession, IPAddress.Loopback, isTrustedSource: place == 0, _turn.Now);
        var line = new SessionLine(session, new SessionView(_truth));
        _lines[place] = line;
        _bySession.Add(session.Id, line);
    }

    private void HangUp(int place)
    {
        if (_lines[place] is not { } line) return;
        _lines[place] = null;
        _bySession.Remove(line.Session.Id);
        Leave(line.Session);
        line.Session.Phase = SessionPhase.Ended;
        line.Session.EndLogin();
    }

    private void Receive(int place, FrameKind kind, uint correlation, byte[] body)
    {
        if (_lines[place] is null) Connect(place);
        var line = _lines[place] ?? throw new InvalidOperationException();
        if (line.Waiting.Count < WaitingMax) line.Waiting.Enqueue((new FrameHeader(body.Length, kind, correlation), body));
        TakeWaiting(line);
    }

    private void TakeWaiting(SessionLine line)
    {
        while (line.Session is { IsPaused: false, Phase: not SessionPhase.Ended } && line.Waiting.TryDequeue(out var frame))
        {
            if (_partitions.IsFull()) EndDrain();
            var (header, body) = frame;
            if (header.Length == 0 || header.Length > (line.Session.Phase == SessionPhase.Open ? ProtocolLimits.BodyBytes : ProtocolLimits.BodyBytesBeforeLogin))
            {
                // The splitter's part.
                Say(line, ImmediateReply.Error(0, ErrorCode.BadLength).Write);
                CloseAfterReply(line);
                return;
            }

            if (line.Session.Phase == SessionPhase.Open) _truth.Asked(line.Session, header.Kind, body);
            Step(line, _dispatch.OnFrame(line.Session, header, body, _turn.Now));
        }
    }

    private void Step(SessionLine line, SessionStep step)
    {
        switch (step)
        {
            case SessionStep.Continue: break;
            case SessionStep.Pause: line.Session.IsPaused = true; break;
            case SessionStep.GoHome:
                line.Session.IsPaused = true;
                Step(line, _handshake.Begin(line.Session, _turn.Now));
                break;
            case SessionStep.HashPassword:
                // The secret is cleared when it has served, and a hash takes its time.
                line.Hashing = Convert.ToHexString(line.Session.Login?.Secret ?? []);
                line.Comparing = line.Session.Login?.Method == LoginMethod.Register ? null : _handshake.PasswordToCompare(line.Session) ?? "";
                break;
            default: CloseAfterReply(line); break;
        }
    }

    private void FinishPasswords()
    {
        foreach (var line in _lines)
        {
            if (line?.Hashing is not { } hash) continue;
            var comparing = line.Comparing;
            (line.Hashing, line.Comparing) = (null, null);
            if (line.Session.Phase != SessionPhase.LoggingIn) continue;
            if (comparing is null) _handshake.PasswordHashed(line.Session, hash);
            else _handshake.PasswordCompared(line.Session, comparing == hash);
        }
    }

    private void EndDrain()
    {
        LeavePartitions();
        var ended = _partitions.TryEndDrain(
            _ => throw new OracleException("one loop has all partitions, and something goes to another"),
            (from, to, number) => _partitions.Hear(from, to, number));
        Oracle.Holds(ended, "a log that has room takes a batch");
    }

    private void Commit()
    {
        _log.CompleteCommit();
        _partitions.Release(Speak);
        _partitions.LetGo(0);
        _partitions.Tick();
        foreach (var line in _lines)
        {
            if (line is null) continue;
            if (line.Session is { IsPaused: true, Phase: SessionPhase.Open } && MayGoOn(line.Session)) line.Session.IsPaused = false;
            TakeWaiting(line);
        }
    }

    private bool MayGoOn(Session session) => SessionDispatch.MayGoOn(session, _partitions.Slot(session.Home).Partition, _settings);

    private void Speak(in HeldOutputs.Released released)
    {
        ref readonly var said = ref released.Output;
        if (LineOf(said.Session) is not { Session: { Phase: not SessionPhase.Ended } session } line) return;
        if (said.Kind is OutputKind.Sent or OutputKind.Refused && session.UnansweredSends > 0) session.UnansweredSends--;
        _output.ResetWrittenCount();
        var end = ErrorCode.None;
        if (said.Kind == OutputKind.Message) OutputFrames.WriteMessage(in released, session, _partitions.Body(said.Partition, said.Body), _output);
        else end = _frames.Write(in released, session, _output, _turn.Now);
        line.View.Take(session, _output.WrittenMemory);
        if (said.Kind == OutputKind.Welcome)
        {
            _tokens[(session.User, session.Device)] = session.Login!.NextToken; // as Welcome says
            _handshake.Opened(session);
            session.IsPaused = false;
        }

        if (end != ErrorCode.None) CloseAfterReply(line);
    }

    private void Say(SessionLine? line, Action<IBufferWriter<byte>> write)
    {
        if (line is null || line.Session.Phase == SessionPhase.Ended) return;
        _output.ResetWrittenCount();
        write(_output);
        line.View.Take(line.Session, _output.WrittenMemory);
    }

    private void CloseAfterReply(SessionLine line)
    {
        if (line.Session.Phase == SessionPhase.Ended) return;
        Leave(line.Session);
        line.Session.Phase = SessionPhase.Ended;
        line.Session.EndLogin();
    }

    // Not at once, as in the loop: what is said between drains may end a session.
    private void Leave(Session session)
    {
        if (session.Phase is SessionPhase.Open or SessionPhase.LoggingIn) _leaving.Add(session);
    }

    private void LeavePartitions()
    {
        foreach (var session in _leaving)
        {
            if (_partitions.Slot(session.Home).Partition.IsOpen(session.Id)) _partitions.Enter(session.Home).Close(session.Id);
        }

        _leaving.Clear();
    }

    private SessionLine? LineOf(ulong session) => _bySession.GetValueOrDefault(session);

    private byte[] WithToken(byte[] body)
    {
        if (FrameCodec.Read(body, out HelloFrame hello) != ErrorCode.None || !_tokens.TryGetValue((hello.User, hello.Device), out var token)) return body;
        var output = new ArrayBufferWriter<byte>();
        FrameCodec.Write(output, hello with { Method = LoginMethod.DeviceToken, Secret = token });
        return output.WrittenSpan[ProtocolLimits.HeaderBytes..].ToArray();
    }

    private static PartitionState[] States(PartitionMap map) =>
        [.. Enumerable.Range(0, map.Count).Select(id => new PartitionState(id, map, new CoreLimits { OutboxEntries = 40, UnsettledAnswers = 24, UndecidedSends = 8, LaneAcknowledgeEvery = 4 }))];

    private static SessionSettings Settings() => new()
    {
        ServerId = "fuzz",
        HistoryId = new byte[ProtocolLimits.HistoryBytes],
        TokenKey = new byte[32],
        RegistrationIsOpen = true,
        Limits = new SessionLimits
        {
            FrameBytes = ProtocolLimits.BodyBytes, PayloadBytes = ProtocolLimits.PayloadBytes, UndecidedSends = 8, UnsettledAnswers = 24,
            WindowMessages = ProtocolLimits.WindowMessages, WindowBytes = ProtocolLimits.WindowBytes, OutboxEntries = 40, OutboxBytes = 1 << 20,
            Devices = ProtocolLimits.DevicesPerUser, MessagesPerSecond = 20, MessagesBurst = 60,
        },
        MaxIgnoredFrames = 6,
    };
}
