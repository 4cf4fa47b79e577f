using System.Collections.Concurrent;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Sessions;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// One thread that does everything for its connections and its partitions: poll, read, dispatch, step, append, release, send. It waits
/// nowhere but in <see cref="ITransport.Poll"/>, and for a short commit. Other threads reach it by <see cref="Post"/> only.
/// </summary>
internal sealed class Loop : IDisposable
{
    private const int EventsPerPoll = 512;
    private const int MailPerDrain = 4096;

    // Looks at what is ready within one drain; the time bounds it long before.
    private const int PollsPerDrain = 256;

    private readonly int _index;
    private readonly ITransport _transport;
    private readonly ICommitLog _log;
    private readonly LoopPartitions _partitions;
    private readonly LoopSessions _sessions;
    private readonly LoopRoutes _routes;
    private readonly Turn _turn;
    private readonly LoopOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Mail> _mail = new();
    private readonly PollEvent[] _events = new PollEvent[EventsPerPoll];
    private readonly Dictionary<ulong, AdministrativeAct> _acts = [];
    private readonly Queue<Action<LoopPartitions>> _between = [];
    private readonly Thread _thread;
    private readonly HeldOutputs.Speaker _speaker;
    private readonly PollEventHandler _takeEvent;
    private readonly Action<Mail.Lane> _sendToOtherLoop;
    private readonly Action<int, int, ulong> _tellApplied;
    private ulong _lastAct;
    private long _nextTick;
    private long _nextSweep;
    private long? _stopBy;
    private StopRequest? _stopRequest;
    private volatile object? _account;

    public Loop(int index, ITransport transport, ICommitLog log, LoopPartitions partitions, LoopSessions sessions, LoopRoutes routes, Turn turn, LoopOptions options, TimeProvider time)
    {
        _index = index;
        _transport = transport;
        _log = log;
        _partitions = partitions;
        _sessions = sessions;
        _routes = routes;
        _turn = turn;
        _options = options;
        _time = time;
        _speaker = Speak;
        _takeEvent = TakeEvent;
        _sendToOtherLoop = SendToOtherLoop;
        _tellApplied = TellApplied;
        _thread = new Thread(Run) { Name = $"loop {index}", IsBackground = true };
    }

    /// <summary>Ends when the loop has stopped, with what stopped it unless that was asked for.</summary>
    public Task Ended => _ended.Task;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What became of every message, as of the last sweep: at most <see cref="LoopOptions.SweepInterval"/> old while there is something to do. Any thread.</summary>
    public MessageAccount Account => (MessageAccount?)_account ?? default;

    /// <summary>For audits; belongs to the loop.</summary>
    internal LoopPartitions Partitions => _partitions;

    /// <summary>For audits; belongs to the loop.</summary>
    internal LoopSessions Sessions => _sessions;

    public void Start() => _thread.Start();

    /// <summary>Any thread.</summary>
    public void Post(Mail mail)
    {
        _mail.Enqueue(mail);
        _transport.Wake();
    }

    /// <summary>Any thread, once. Not a mail: a loop that the log does not let go on reads none, and has to stop all the same.</summary>
    public void RequestStop(TimeSpan deadline)
    {
        Interlocked.CompareExchange(ref _stopRequest, new StopRequest(deadline), null);
        _transport.Wake();
    }

    /// <summary>More is durable; any thread. The loop itself, where it has committed, looks anyway before it waits.</summary>
    public void Wake()
    {
        if (Thread.CurrentThread != _thread) _transport.Wake();
    }

    public void Dispose()
    {
        if (_thread.IsAlive) _thread.Join();
        _transport.Dispose();
    }

    /// <summary>Before the first turn. Its thread calls this, and a simulation that has no thread.</summary>
    internal void Begin()
    {
        ReadClocks();
        _partitions.EnterAllWithPosts();
        EndDrain();
    }

    /// <summary>One round of all that a loop does, after waiting for something to do. False: it has stopped.</summary>
    internal bool TryTurn()
    {
        if (HasStopped()) return false;
        Turn();
        return true;
    }

    private void Run()
    {
        try
        {
            Begin();
            while (TryTurn())
            {
                // All is done in the condition.
            }

            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            // A broken invariant, or a log that does not hold what was written: going on could lose what was acknowledged.
            _ended.TrySetException(e);
        }
    }

    private void Turn()
    {
        var count = _transport.Poll(_events, PollTimeout());
        ReadClocks();
        LookForRoom();
        if (_stopBy is null && Volatile.Read(ref _stopRequest) is { } request) Stop(request.Deadline);
        if (_partitions.IsBlocked && !EndDrain())
        {
            // Nothing more is read, so senders' windows close; the log wakes the loop when it has room.
            _partitions.Release(_speaker);
            _sessions.Flush();
            _sessions.Defer(_events.AsSpan(0, count));
            return;
        }

        _sessions.LeavePartitions();
        ReadMail();
        _sessions.TakeDeferred(_takeEvent);
        Take(count);
        Gather();
        RunTimers();
        if (!_partitions.IsBlocked) _sessions.LeavePartitions();
        if (EndDrain() && _between.Count > 0 && IsBetweenDrains()) _between.Dequeue()(_partitions);
        _partitions.Release(_speaker);
        _partitions.LetGo(_options.ResidentPayloadBytes);
        _sessions.Flush();
    }

    private void Take(int count)
    {
        foreach (ref readonly var pollEvent in _events.AsSpan(0, count)) TakeEvent(in pollEvent);
    }

    // What becomes ready while the drain is under way goes along with it: a batch, a commit and a send cost about the same for one
    // message as for fifty.
    private void Gather()
    {
        var until = After(_time.GetTimestamp(), _options.GatherTime);
        for (var i = 0; i < PollsPerDrain && _partitions.HasEntered && _time.GetTimestamp() < until; i++)
        {
            var count = _transport.Poll(_events, TimeSpan.Zero);
            if (count == 0) return;
            Take(count);
        }
    }

    private void LookForRoom()
    {
        var hasRoom = _log.HasRoom;
        if (hasRoom == _turn.HasRoom) return;
        _turn.HasRoom = hasRoom;
        if (_index > 0) return; // all loops see the same disk, and it is said once
        if (hasRoom) Log.DiskHasRoom();
        else Log.DiskFull();
    }

    // The end of a drain may tell a lane of the same loop so much that it begins another one.
    private bool IsBetweenDrains()
    {
        while (_partitions.HasEntered)
        {
            if (!EndDrain()) return false;
        }

        return true;
    }

    private void TakeEvent(in PollEvent pollEvent)
    {
        if (!MakeRoom()) _sessions.Defer(in pollEvent);
        else _sessions.Take(in pollEvent);
    }

    // A drain ends before an input whose records might not fit its batch.
    private bool MakeRoom() => !_partitions.IsBlocked && (!_partitions.IsFull() || EndDrain());

    private bool EndDrain() => _partitions.TryEndDrain(_sendToOtherLoop, _tellApplied);

    private void ReadMail()
    {
        for (var i = 0; i < MailPerDrain && MakeRoom() && _mail.TryDequeue(out var mail); i++)
        {
            switch (mail)
            {
                case Mail.Lane lane: _partitions.Receive(lane.Record, lane.Payload); break;
                case Mail.Heard heard: _partitions.Hear(heard.From, heard.To, heard.UpTo); break;
                case Mail.Adopt adopt: _sessions.Adopt(adopt.Connection, adopt.Session); break;
                case Mail.Password password: _sessions.TakePassword(password.Session, password.Result); break;
                case Mail.Administer administer: Administer(administer.Act); break;
                case Mail.Between between: _between.Enqueue(between.Act); break;
                default: throw new InvalidOperationException($"Mail of kind {mail.GetType().Name}");
            }
        }
    }

    private void Administer(AdministrativeAct act)
    {
        var code = act.Execute(_partitions.Enter(act.Partition));
        _acts.Add(++_lastAct, act);
        _turn.Outputs.Add(new Output(OutputKind.Administered, 0) { First = _lastAct, Code = code });
    }

    private void Speak(in HeldOutputs.Released released)
    {
        if (released.Output.Kind != OutputKind.Administered) _sessions.Speak(in released);
        else if (_acts.Remove(released.Output.First, out var act)) act.Complete(released.Output.Code);
    }

    private void SendToOtherLoop(Mail.Lane mail) => _routes.Post(mail.Record.To, mail);

    private void TellApplied(int from, int to, ulong upTo)
    {
        if (_partitions.Owns(from)) _partitions.Hear(from, to, upTo);
        else _routes.Post(from, new Mail.Heard(from, to, upTo));
    }

    private void RunTimers()
    {
        var now = _time.GetTimestamp();
        if (now >= _nextTick)
        {
            _nextTick = After(now, _options.TickInterval);
            _partitions.Tick();
        }

        if (now < _nextSweep) return;
        _nextSweep = After(now, _options.SweepInterval);
        _sessions.Sweep();
        _account = _partitions.Account;
    }

    private void Stop(TimeSpan deadline)
    {
        _stopBy = After(_time.GetTimestamp(), deadline);
        _transport.StopListening();
        _sessions.SayGoingAway();
    }

    // First everything that was taken in becomes durable and is said, then the connections close.
    private bool HasStopped()
    {
        if (_stopBy is not { } stopBy) return false;
        if (_partitions.HeldDrains == 0 && !_partitions.IsBlocked) _sessions.CloseAll();
        var isDone = _partitions.HeldDrains == 0 && !_partitions.IsBlocked && _sessions.Count == 0;
        return isDone || _time.GetTimestamp() >= stopBy;
    }

    /// <summary>How long the next turn may wait.</summary>
    internal TimeSpan PollTimeout()
    {
        if (_stopBy is null && Volatile.Read(ref _stopRequest) is not null) return TimeSpan.Zero;
        if (!_mail.IsEmpty || _sessions.HasDeferred || _between.Count > 0 || _partitions.HasWanted) return _partitions.IsBlocked ? TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
        var due = _partitions.HasTickWork || _stopBy is not null ? Math.Min(_nextTick, _nextSweep) : _nextSweep;
        var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private long After(long timestamp, TimeSpan delay) => timestamp + (long)(delay.TotalSeconds * _time.TimestampFrequency);

    private void ReadClocks()
    {
        _turn.Now = (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds();
        _turn.Uptime = (ulong)(_time.GetTimestamp() / (double)_time.TimestampFrequency * 1000);
    }

    private sealed record StopRequest(TimeSpan Deadline);
}
