using System.Net;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Runtime;

/// <summary>The connections of one loop with their sessions: frames in, outputs out, silence and stalls ended.</summary>
internal sealed class LoopSessions : IFrameSink
{
    private readonly ITransport _transport;
    private readonly LoopPartitions _partitions;
    private readonly LoopRoutes _routes;
    private readonly Turn _turn;
    private readonly SessionDispatch _dispatch;
    private readonly Handshake _handshake;
    private readonly OutputFrames _frames;
    private readonly SessionSettings _settings;
    private readonly LoopOptions _options;
    private readonly TrustedSources _trusted;
    private readonly ServerMetrics _metrics;
    private readonly Func<PasswordJob, bool> _takePassword;
    private readonly SessionIds _ids;
    private readonly Dictionary<ulong, Connection> _connections = [];
    private readonly List<Connection> _dirty = [];
    private readonly List<PollEvent> _deferred = [];
    private readonly HashSet<PollEvent> _isDeferred = [];
    private readonly List<Session> _leaving = [];
    private readonly List<Connection> _swept = [];
    private Connection? _goingHome;
    private bool _isStopping;

    public LoopSessions(ITransport transport, LoopPartitions partitions, LoopRoutes routes, Turn turn, LoopSessionRules rules, LoopOptions options, Func<PasswordJob, bool> takePassword, SessionIds ids)
    {
        _transport = transport;
        _partitions = partitions;
        _routes = routes;
        _turn = turn;
        _settings = rules.Settings;
        _trusted = rules.Trusted;
        _metrics = rules.Metrics;
        _options = options;
        _takePassword = takePassword;
        _ids = ids;
        var ports = new SessionPorts(partitions.Enter, ReplyAtOnce, rules.FillRandom);
        _handshake = new Handshake(rules.Settings, rules.Map, new LoginThrottle(), ports);
        _dispatch = new SessionDispatch(rules.Settings, _handshake, ports);
        _frames = new OutputFrames(rules.Settings);
    }

    public int Count => _connections.Count;

    public bool HasDeferred => _deferred.Count > 0;

    /// <summary>The loop cannot take the event now; it comes back with <see cref="TakeDeferred"/>. At most one of each kind a connection.</summary>
    public void Defer(in PollEvent pollEvent)
    {
        if (_isDeferred.Add(pollEvent)) _deferred.Add(pollEvent);
    }

    public void Defer(ReadOnlySpan<PollEvent> events)
    {
        foreach (ref readonly var pollEvent in events) Defer(in pollEvent);
    }

    public void TakeDeferred(PollEventHandler take)
    {
        if (_deferred.Count == 0) return;
        var events = _deferred.ToArray();
        _deferred.Clear();
        _isDeferred.Clear();
        foreach (ref readonly var pollEvent in events.AsSpan()) take(in pollEvent);
    }

    public void Take(in PollEvent pollEvent)
    {
        var connection = pollEvent.Connection;
        switch (pollEvent.Kind)
        {
            case PollEventKind.Accepted: Accept(connection); break;
            case PollEventKind.Readable: Read(connection); break;
            case PollEventKind.Writable: MarkDirty(connection); break;
            case PollEventKind.Closed: Closed(connection); break;
            default: throw new InvalidOperationException($"A poll event of kind {pollEvent.Kind}");
        }
    }

    /// <summary>Tells the partitions which sessions have ended since the last drain.</summary>
    public void LeavePartitions()
    {
        foreach (var session in _leaving)
        {
            if (_partitions.Slot(session.Home).Partition.IsOpen(session.Id)) _partitions.Enter(session.Home).Close(session.Id);
        }

        _leaving.Clear();
    }

    /// <summary>A session that logs in to a user of this loop comes from the loop that accepted it.</summary>
    public void Adopt(Connection connection, Session session)
    {
        _transport.Attach(connection);
        _connections.Add(session.Id, connection);
        Step(connection, session, _handshake.Begin(session, _turn.Now));
    }

    public void TakePassword(ulong sessionId, in PasswordResult result)
    {
        if (!_connections.TryGetValue(sessionId, out var connection) || SessionOf(connection) is not { Phase: SessionPhase.LoggingIn } session) return;
        if (result.Fault is { } fault)
        {
            Log.PasswordFault(fault);
            ReplyAtOnce(session, ImmediateReply.Error(0, ErrorCode.ServerFault));
            CloseAfterReply(connection, session);
        }
        else if (session.Login?.Method == LoginMethod.Register) _handshake.PasswordHashed(session, result.Phc ?? "");
        else _handshake.PasswordCompared(session, result.Matches);
    }

    bool IFrameSink.OnFrame(Connection connection, FrameHeader header, ReadOnlyMemory<byte> body, out bool wasTaken)
    {
        wasTaken = true;
        if (SessionOf(connection) is not { } session || session.Phase == SessionPhase.Ended) return false;
        if (_partitions.IsBlocked || _partitions.IsFull())
        {
            // This frame and the rest of what the connection sent are taken in the next drain.
            wasTaken = false;
            Defer(new PollEvent(connection, PollEventKind.Readable));
            return false;
        }

        session.LastHeard = _turn.Uptime;
        return Step(connection, session, _dispatch.OnFrame(session, header, body, _turn.Now));
    }

    void IFrameSink.OnProtocolError(Connection connection, ErrorCode code, ulong argument)
    {
        if (SessionOf(connection) is not { } session || session.Phase == SessionPhase.Ended) return;
        _metrics.ProtocolError(code);
        ReplyAtOnce(session, ImmediateReply.Error(0, code, argument));
        CloseAfterReply(connection, session);
    }

    public void Speak(in HeldOutputs.Released released)
    {
        ref readonly var said = ref released.Output;
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.SaidToSuccessor && said.Kind == OutputKind.Message && !_connections.ContainsKey(said.Session) && _connections.ContainsKey(said.Session + 1))
        {
            OutputFrames.WriteMessage(in released, (Session)_connections[said.Session + 1].Tag!, _partitions.Body(said.Partition, said.Body), _connections[said.Session + 1].Output); // planted
            MarkDirty(_connections[said.Session + 1]);
            return;
        }

#endif
        if (!_connections.TryGetValue(said.Session, out var connection) || SessionOf(connection) is not { } session || session.Phase == SessionPhase.Ended) return;
        if (said.Kind is OutputKind.Sent or OutputKind.Refused && session.UnansweredSends > 0) session.UnansweredSends--;
        if (!HasRoom(connection))
        {
            EndTooSlow(connection, session);
            return;
        }

        MarkDirty(connection);
        if (said.Kind == OutputKind.Message)
        {
            OutputFrames.WriteMessage(in released, session, _partitions.Body(said.Partition, said.Body), connection.Output);
            connection.EndFrame();
            return;
        }

        var end = _frames.Write(in released, session, connection.Output, _turn.Now);
        connection.EndFrame();
        if (end != ErrorCode.None) CloseAfterReply(connection, session);
        else if (said.Kind == OutputKind.Welcome) Welcomed(connection, session);
        else if (session.IsPaused && session.Phase == SessionPhase.Open) TryResume(connection, session);
    }

    /// <summary>Sends what the turn has to say: one send a connection.</summary>
    public void Flush()
    {
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Flush();
        }

        _dirty.Clear();
    }

    public void Sweep()
    {
        var now = _turn.Uptime;
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.SilenceTolerated) now = 0;
#endif
        // What is ended is taken out, so the sweep goes over a copy, which is used again.
        _swept.AddRange(_connections.Values);
        foreach (var connection in _swept)
        {
            if (SessionOf(connection) is not { } session || session.Phase == SessionPhase.Ended) continue;
            if (now > session.LastHeard && now - session.LastHeard > session.ToleratedSilenceMilliseconds)
            {
                EndSession(connection, session, session.Phase == SessionPhase.AwaitingHello ? ErrorCode.HelloTimeout : ErrorCode.Idle);
            }
            else if (connection.StalledFor > _options.StallTimeout)
            {
                EndTooSlow(connection, session);
            }
        }

        _swept.Clear();
    }

    public void SayGoingAway()
    {
        _isStopping = true;
        foreach (var connection in _connections.Values)
        {
            if (SessionOf(connection) is not { } session) continue;
            connection.PauseReading();
            ReplyAtOnce(session, ImmediateReply.GoAway(ErrorCode.GoingAway, (uint)(500 + (session.Id * 37 % 4500)), "the server stops"));
        }
    }

    public void CloseAll()
    {
        foreach (var connection in _connections.Values.ToArray())
        {
            if (SessionOf(connection) is { Phase: not SessionPhase.Ended } session) CloseAfterReply(connection, session);
        }
    }

    private static Session? SessionOf(Connection connection) => connection.Tag as Session;

    private void Accept(Connection connection)
    {
        var address = connection.RemoteAddress ?? IPAddress.None;
        var session = new Session(_ids.Next(), address, _trusted.Contains(address), _turn.Uptime)
        {
            ToleratedSilenceMilliseconds = (uint)_settings.HelloTimeout.TotalMilliseconds,
        };
        connection.Tag = session;
        _connections.Add(session.Id, connection);
        _metrics.ConnectionOpened();
        if (_isStopping) EndSession(connection, session, ErrorCode.GoingAway);
    }

    private void Read(Connection connection)
    {
        if (SessionOf(connection) is { IsPaused: false, Phase: not SessionPhase.Ended } && connection.Receive(this) == ReceiveStatus.Closed) Closed(connection);
        SendHome();
    }

    // Only when its receive has returned: until then this loop still keeps what came behind the Hello.
    private void SendHome()
    {
        if (_goingHome is not { } connection) return;
        _goingHome = null;
        if (connection.IsDirty && _dirty.Remove(connection))
        {
            // From here on only the other loop sends to it.
            connection.IsDirty = false;
            connection.Flush();
        }

        if (connection.IsClosed || SessionOf(connection) is not { Phase: not SessionPhase.Ended } session) return;
        _connections.Remove(session.Id);
        _transport.Detach(connection);
        _routes.Post(session.Home, new Mail.Adopt(connection, session));
    }

    // True when the next frame of the connection may be taken at once.
    private bool Step(Connection connection, Session session, SessionStep step)
    {
        switch (step)
        {
            case SessionStep.Continue: return true;
            case SessionStep.Pause:
                Pause(connection, session);
                return false;
            case SessionStep.GoHome:
                Pause(connection, session);
                GoHome(connection, session);
                return false;
            case SessionStep.HashPassword:
                HashPassword(connection, session);
                return false;
            default:
                CloseAfterReply(connection, session);
                return false;
        }
    }

    private void GoHome(Connection connection, Session session)
    {
        if (_partitions.Owns(session.Home))
        {
            Step(connection, session, _handshake.Begin(session, _turn.Now));
            return;
        }

        _goingHome = connection;
    }

    private void HashPassword(Connection connection, Session session)
    {
        var login = session.Login!; // A session at this step has its attempt.
        var id = session.Id;
        var home = session.Home;
        void Done(PasswordResult result) => _routes.Post(home, new Mail.Password(id, result));
        var job = login.Method == LoginMethod.Register
            ? PasswordJob.Hash(login.Secret, Done)
            : PasswordJob.Verify(login.Secret, _handshake.PasswordToCompare(session), Done);
        if (!_takePassword(job)) Step(connection, session, _handshake.PasswordQueueFull(session));
    }

    private static void Pause(Connection connection, Session session)
    {
        session.IsPaused = true;
        connection.PauseReading();
    }

    private void Welcomed(Connection connection, Session session)
    {
        _handshake.Opened(session);
        session.LastHeard = _turn.Uptime;
        connection.MarkAuthenticated();
        connection.MaxBodyBytes = ProtocolLimits.BodyBytes;
        _metrics.LoggedIn();
        Resume(connection, session);
    }

    private void TryResume(Connection connection, Session session)
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.ResumeForgotten) return;
#endif
        if (SessionDispatch.MayGoOn(session, _partitions.Slot(session.Home).Partition, _settings)) Resume(connection, session);
    }

    private void Resume(Connection connection, Session session)
    {
        if (_isStopping) return;
        session.IsPaused = false;
        connection.ResumeReading();
    }

    private void EndSession(Connection connection, Session session, ErrorCode code)
    {
        ReplyAtOnce(session, ImmediateReply.Error(0, code));
        CloseAfterReply(connection, session);
    }

    // A turn may have more to say than is kept: what the socket takes at once makes room.
    private static bool HasRoom(Connection connection)
    {
        if (!connection.HasRoom) connection.Flush();
        return connection.HasRoom;
    }

    // Past the bound of what is kept, which one frame does not hurt.
    private void EndTooSlow(Connection connection, Session session)
    {
        _metrics.SlowReaderClosed();
        ImmediateReply.Error(0, ErrorCode.TooSlow).Write(connection.Output);
        connection.EndFrame();
        CloseAfterReply(connection, session);
    }

    private void CloseAfterReply(Connection connection, Session session)
    {
        if (session.Phase == SessionPhase.Ended) return;
        if (session.Phase is SessionPhase.Open or SessionPhase.LoggingIn) LeavePartition(session);
        session.Phase = SessionPhase.Ended;
        session.EndLogin();
        MarkDirty(connection);
        connection.CloseAfterFlush(_options.CloseLinger);
    }

    private void Closed(Connection connection)
    {
        if (SessionOf(connection) is not { } session || !_connections.Remove(session.Id)) return;
        if (session.Phase is SessionPhase.Open or SessionPhase.LoggingIn) LeavePartition(session);
        session.Phase = SessionPhase.Ended;
        session.EndLogin();
        _metrics.ConnectionClosed();
    }

    // Not at once: what is said between drains may end a session, and a drain that the log refused takes no input.
    private void LeavePartition(Session session)
    {
        if (_partitions.Owns(session.Home)) _leaving.Add(session);
    }

    private void ReplyAtOnce(Session session, ImmediateReply reply)
    {
        if (!_connections.TryGetValue(session.Id, out var connection) || connection.IsClosed || connection.IsClosing) return;
        if (!HasRoom(connection))
        {
            EndTooSlow(connection, session);
            return;
        }

        reply.Write(connection.Output);
        connection.EndFrame();
        MarkDirty(connection);
    }

    private void MarkDirty(Connection connection)
    {
        if (connection.IsDirty) return;
        connection.IsDirty = true;
        _dirty.Add(connection);
    }
}
