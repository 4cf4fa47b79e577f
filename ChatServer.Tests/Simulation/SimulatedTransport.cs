using System.Net;
using ChatServer.Network;

namespace ChatServer.Tests.Simulation;

/// <summary>A transport over links of the simulated network. It never waits: the world gives its loop a turn when it is woken.</summary>
internal sealed class SimulatedTransport(TransportOptions options, SimulatedTime time, SimulationRandom random, Action boundary) : Transport(options, time)
{
    private readonly Queue<SimulatedLink> _arriving = [];
    private AcceptGate? _gate;
    private bool _isAwake;
    private long _acceptNotBefore;

    /// <summary>Called when the loop has something to do.</summary>
    public Action? Woken { get; set; }

    public bool IsListening { get; private set; }

    private long Milliseconds => time.Now / 1_000;

    public void Arrive(SimulatedLink link)
    {
        _arriving.Enqueue(link);
        Wake();
    }

    /// <summary>The longest that the next turn may be put off.</summary>
    public TimeSpan LongestWait(TimeSpan timeout)
    {
        if (HasReady) return TimeSpan.Zero;
        if (_arriving.Count == 0) return Bounded(timeout);
        var gate = TimeSpan.FromMilliseconds(Math.Max(0, _acceptNotBefore - Milliseconds));
        return gate < timeout ? gate : timeout;
    }

    public override void Wake()
    {
        if (_isAwake) return;
        _isAwake = true;
        Woken?.Invoke();
    }

    public override IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits)
    {
        _gate = new AcceptGate(limits, limits.Connections, Milliseconds);
        IsListening = true;
        return endPoint;
    }

    public override void StopListening()
    {
        IsListening = false;
        foreach (var link in _arriving) link.CrashServer(); // as a kernel resets what nobody accepted
        _arriving.Clear();
    }

    /// <summary>The process ends without a word to anybody.</summary>
    public void Crash()
    {
        StopListening();
        Woken = null;
    }

    protected override void Wait(TimeSpan timeout)
    {
        // Whoever steps the loop knows when.
    }

    protected override void BeginPoll() => _isAwake = false;

    protected override int Accept(Span<PollEvent> events)
    {
        var count = 0;
        while (count < events.Length && _arriving.Count > 0 && _gate is { } gate)
        {
            var wait = gate.WaitMilliseconds(Milliseconds);
            if (wait > 0)
            {
                _acceptNotBefore = Milliseconds + wait;
                break;
            }

            var link = _arriving.Dequeue();
            if (gate.TryEnter(link.From, Milliseconds)) events[count++] = new PollEvent(Make(new SimulatedStream(link, random, boundary), link.From, gate), PollEventKind.Accepted);
            else link.CrashServer();
        }

        return count;
    }
}
