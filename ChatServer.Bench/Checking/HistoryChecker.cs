namespace ChatServer.Bench.Checking;

/// <summary>
/// Judges a history, event by event, by P1 to P6, P9 and P10. No thread, no clock, no I/O: the same events give the same verdict. Takes
/// events in an order in which each comes after what caused it: a send is recorded before its first byte leaves, an answer when it was
/// read. At most 64 bytes a message, whatever it was sent to.
/// </summary>
public sealed class HistoryChecker
{
    private readonly CheckedWorld _world;
    private readonly Findings _findings = new();
    private readonly Promises _promises;
    private readonly PlaceChecks _places;
    private readonly SendChecks _sends;
    private readonly DeliveryChecks _deliveries;
    private readonly MarkChecks _marks;
    private readonly Dictionary<ulong, int> _sessions = [];
    private int _faults;
    private long _crashes;

    /// <param name="names">Of all that events will name; it may grow meanwhile.</param>
    public HistoryChecker(HistoryNames names)
    {
        _world = new CheckedWorld(names);
        _promises = new Promises(_world);
        _places = new PlaceChecks(_world, _findings);
        _sends = new SendChecks(_world, _findings, _places, _promises);
        _deliveries = new DeliveryChecks(_world, _findings, _places, _promises);
        _marks = new MarkChecks(_world, _findings, _places);
    }

    /// <summary>What was found so far that no later event can mend; null: nothing.</summary>
    public Violation? FirstViolation => _findings.First;

    /// <summary>Messages that were promised.</summary>
    public long AcknowledgedCount => _promises.Acknowledged;

    /// <summary>Messages that were kept, each counted once a device.</summary>
    public long ReceivedCount => _deliveries.Received;

    /// <summary>Whether all that was promised was kept by all devices that it is due to.</summary>
    public bool IsDrained => _promises.Owed == 0;

    /// <summary>Whether a device kept all that was promised and is due to it.</summary>
    public bool IsDrainedTo(int device) => _world.Device(device).Owed == 0;

    /// <summary>The highest sequence of a conversation that anybody was told of.</summary>
    public ulong HeadOf(int conversation) => _world.Conversation(conversation).Head;

    /// <summary>How many sequences of a conversation somebody was told of.</summary>
    public long KnownIn(int conversation) => _world.Conversation(conversation).Known;

    /// <summary>Judges the next event.</summary>
    /// <exception cref="HistoryFormatException">No recording of a run can say this.</exception>
    public void Take(in HistoryEvent e)
    {
        _findings.Events++;
        switch (e.Kind)
        {
            case HistoryKind.Invoke: _sends.Invoke(e); break;
            case HistoryKind.Ok: if (IsLoggedIn(e)) _sends.Ok(e); break;
            case HistoryKind.Fail: if (IsLoggedIn(e)) _sends.Fail(e); break;
            case HistoryKind.Unknown: _sends.Unknown(e); break;
            case HistoryKind.Delivered: if (IsLoggedIn(e)) _deliveries.Delivered(e); break;
            case HistoryKind.Kept: _deliveries.Kept(e); break;
            case HistoryKind.Receipt: _marks.Receipt(e); break;
            case HistoryKind.Marks: if (IsLoggedIn(e)) _marks.Marks(e); break;
            case HistoryKind.Heard: IsLoggedIn(e); break;
            case HistoryKind.Member: _world.Join(_world.Conversation(e.Conversation), e.User); break;
            case HistoryKind.DeviceAdded: Added(e); break;
            case HistoryKind.DeviceRemoved: Removed(e); break;
            case HistoryKind.DeviceDetached: Detached(e); break;
            case HistoryKind.SessionOpened: Opened(e); break;
            case HistoryKind.SessionEnded or HistoryKind.SessionClosed: Closed(e); break;
            case HistoryKind.Queue: Observed(e); break;
            case HistoryKind.FaultBegan: _faults++; break;
            case HistoryKind.FaultHealed: Healed(e); break;
            case HistoryKind.Deadline: Deadline(); break;
            case HistoryKind.Crashed: _crashes++; break;
            case HistoryKind.Started: break;
            default: throw new HistoryFormatException($"event {_findings.Events} has no kind");
        }
    }

    /// <summary>
    /// What it all comes to, as if this were the end: a promise that waits for a device that is away counts as lost. May be asked at any
    /// time.
    /// </summary>
    public Verdict Judge()
    {
        var (reordered, misplaced) = _places.JudgeOrder();
        return new Verdict
        {
            Events = _findings.Events,
            Sent = _world.Messages.Count,
            Acknowledged = _promises.Acknowledged,
            Received = _deliveries.Received,
            Redelivered = _deliveries.Redelivered,
            Lost = _promises.Owed,
            Duplicated = _findings.Duplicated,
            Reordered = _findings.Reordered + reordered,
            PayloadMismatches = _findings.PayloadMismatches,
            Gaps = _findings.Gaps,
            Contradicted = _findings.Contradicted,
            Invented = _findings.Invented,
            FallenMarks = _findings.FallenMarks,
            FalseMarks = _findings.FalseMarks,
            Misdirected = _findings.Misdirected,
            OverCap = _findings.OverCap,
            Undrained = _findings.Undrained,
            Crashes = _crashes,
            First = _findings.First ?? misplaced ?? FirstLost(),
        };
    }

    private Violation? FirstLost()
    {
        if (_promises.FirstMissing(static _ => true) is not var (standing, index)) return null;
        ref var message = ref _world.Messages[index];
        return new Violation(Property.P1, message.Event, $"{_world.Names.NameOfDevice(standing.Device.Number)} never got {message.Sequence}, {_places.Name(index)}, which was promised");
    }

    private bool IsLoggedIn(in HistoryEvent e)
    {
        if (_sessions.TryGetValue(e.Session, out var device) && device == e.Device) return true;
        _findings.Misdirected++;
        _findings.Found(Property.P6, $"{_world.Names.NameOfDevice(e.Device)} heard {e.Kind} on connection {e.Session}, where it is not logged in");
        return false;
    }

    private void Added(in HistoryEvent e)
    {
        var device = _world.Device(e.Device);
        _world.BeginLife(device);
        foreach (var standing in device.Standings) standing.Kept.Clear();
        Restart(device, e.IsDueAll ? 0 : _world.Messages.Count);
        _promises.Suspend(device, false);
    }

    private void Removed(in HistoryEvent e)
    {
        var device = _world.Device(e.Device);
        _world.LifeOf(device).MayBeGone = true;
        _promises.Suspend(device, true);
    }

    private void Detached(in HistoryEvent e) => Restart(_world.Device(e.Device), _world.Messages.Count);

    private void Restart(CheckedDevice device, int dueFrom)
    {
        _promises.DueFrom(device, dueFrom);
        foreach (var standing in device.Standings) standing.KeptUpTo = 0;
    }

    private void Opened(in HistoryEvent e)
    {
        var device = _world.Device(e.Device);
        if (!_sessions.TryAdd(e.Session, e.Device))
        {
            _findings.Misdirected++;
            _findings.Found(Property.P6, $"{_world.Names.NameOfDevice(e.Device)} was welcomed on connection {e.Session}, where {_world.Names.NameOfDevice(_sessions[e.Session])} is logged in");
            return;
        }

        device.OpenSessions++;
        _promises.Suspend(device, false);
        _sends.LastNumber(device, e.Number);
    }

    private void Closed(in HistoryEvent e)
    {
        if (!_sessions.Remove(e.Session, out var device)) return; // a login that was refused, or ended and closed
        _world.Device(device).OpenSessions--;
    }

    private void Observed(in HistoryEvent e)
    {
        if (e.Value <= e.Limit) return;
        _findings.OverCap++;
        _findings.Found(Property.P9, $"{_world.Names.NameOfLabel(e.Name)} holds {e.Value}, and {e.Limit} is its cap");
    }

    private void Healed(in HistoryEvent e)
    {
        if (_faults == 0) throw new HistoryFormatException($"the fault {_world.Names.NameOfLabel(e.Name)} ends and did not begin");
        _faults--;
    }

    private void Deadline()
    {
        // Nobody owes anything in time while something is broken.
        if (_faults > 0) return;
        var loggedIn = _world.Devices.Where(device => device.OpenSessions > 0).ToList();
        var owed = loggedIn.Where(device => !device.IsSuspended).Sum(device => device.Owed);
        if (owed > 0 && _promises.FirstMissing(static device => device.OpenSessions > 0) is var (standing, index))
        {
            _findings.Undrained += owed;
            _findings.Found(Property.P10, $"{owed} promises are not kept at the deadline, the first is {_places.Name(index)} to {_world.Names.NameOfDevice(standing.Device.Number)}");
        }

        foreach (var device in loggedIn)
        {
            if (device.OpenSends == 0) continue;
            _findings.Undrained += device.OpenSends;
            _findings.Found(Property.P10, $"{_world.Names.NameOfDevice(device.Number)} is logged in and has {device.OpenSends} sends without an answer at the deadline");
        }
    }
}
