using System.Net;
using ChatServer.Network;

namespace ChatServer.Bench.Micro;

/// <summary>A transport over <see cref="MemoryLine"/>s. It never waits: whoever steps the loop knows when there is something to do.</summary>
internal sealed class MemoryTransport(TimeProvider time) : Transport(new TransportOptions(), time)
{
    private static readonly IPAddress Source = IPAddress.Loopback;

    private readonly Queue<MemoryLine> _arriving = [];
    private readonly AcceptGate _gate = new(new AcceptLimits { Trusted = new TrustedSources([new IPNetwork(Source, 32)]) }, int.MaxValue, 0);

    public void Arrive(MemoryLine line) => _arriving.Enqueue(line);

    public override void Wake()
    {
        // Nobody waits.
    }

    public override IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits) => throw new NotSupportedException("There are no sockets here");

    public override void StopListening() => _arriving.Clear();

    protected override void Wait(TimeSpan timeout)
    {
        // Nobody waits.
    }

    protected override void BeginPoll()
    {
        // Nobody waits.
    }

    protected override int Accept(Span<PollEvent> events)
    {
        var count = 0;
        while (count < events.Length && _arriving.TryDequeue(out var line) && _gate.TryEnter(Source, 0))
        {
            events[count++] = new PollEvent(Make(line, Source, _gate), PollEventKind.Accepted);
        }

        return count;
    }
}
