using System.Net;
using System.Net.Sockets;
using ChatServer.Diagnostics;

namespace ChatServer.Network;

/// <summary>A transport over TCP: how a listening socket is made, and how fast whom it lets in.</summary>
internal abstract class ListeningTransport(TransportOptions options, TimeProvider time) : Transport(options, time)
{
    /// <summary>Connections let in between two looks at what else is ready.</summary>
    protected const int AcceptsPerPoll = 64;

    private const int Backlog = 1024;
    private const int AcceptRetryMilliseconds = 100;

    private Socket? _listener;
    private AcceptGate? _gate;
    private volatile bool _acceptIsReady;
    private long _acceptNotBefore;

    protected override bool HasReady => base.HasReady || MayAccept();

    public sealed override IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits)
    {
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // On Unix this lets a restarted server have its port at once; on Windows it would let two share it.
            if (!OperatingSystem.IsWindows()) listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(endPoint);
            listener.Listen(Backlog);
            _gate = new AcceptGate(limits, limits.Connections > 0 ? limits.Connections : DescriptorLimit.Connections(), Milliseconds());
            _listener = listener;
            BeginAccepting(listener);
            return (IPEndPoint)listener.LocalEndPoint!; // a bound socket has one
        }
        catch
        {
            _listener = null;
            listener.Dispose();
            throw;
        }
    }

    public sealed override void StopListening()
    {
        _listener?.Dispose();
        _listener = null;
    }

    /// <summary>The socket listens from now on.</summary>
    protected abstract void BeginAccepting(Socket listener);

    /// <summary>Takes one of those who wait to be let in. <see cref="AcceptStatus.NoneLeft"/>: <see cref="AcceptIsReady"/> comes.</summary>
    protected abstract AcceptStatus TryAccept(Socket listener, out ByteStream? stream, out IPEndPoint? remote);

    /// <summary>Somebody may wait to be let in. Any thread.</summary>
    protected void AcceptIsReady() => _acceptIsReady = true;

    /// <summary>A wait in milliseconds that does not miss the time at which somebody who waits may be let in.</summary>
    protected int WaitMilliseconds(TimeSpan timeout)
    {
        var milliseconds = (int)Math.Ceiling(Math.Clamp(timeout.TotalMilliseconds, 0, 60_000));
        return _acceptIsReady && _listener is not null ? (int)Math.Clamp(_acceptNotBefore - Milliseconds(), 0, milliseconds) : milliseconds;
    }

    protected sealed override int Accept(Span<PollEvent> events)
    {
        var count = 0;
        while (MayAccept() && count < Math.Min(AcceptsPerPoll, events.Length))
        {
            var now = Milliseconds();
            var wait = _gate?.WaitMilliseconds(now) ?? 0;
            if (wait > 0)
            {
                _acceptNotBefore = now + wait;
                break;
            }

            // Before the look: who comes after it says so again.
            _acceptIsReady = false;
            Interlocked.MemoryBarrier();
            switch (TryAccept(_listener!, out var stream, out var remote)) // MayAccept has looked
            {
                case AcceptStatus.Accepted:
                    _acceptIsReady = true;
                    if (TryMake(stream!, remote!, now) is { } connection) events[count++] = new PollEvent(connection, PollEventKind.Accepted); // accepted: both are there
                    break;
                case AcceptStatus.Gone:
                    _acceptIsReady = true;
                    break;
                case AcceptStatus.Failed:
                    _acceptIsReady = true;
                    _acceptNotBefore = now + AcceptRetryMilliseconds;
                    break;
                default:
                    break;
            }
        }

        return count;
    }

    private bool MayAccept() => _acceptIsReady && _listener is not null && Milliseconds() >= _acceptNotBefore;

    private Connection? TryMake(ByteStream stream, IPEndPoint remote, long now)
    {
        var gate = _gate ?? throw new InvalidOperationException("Listening makes the gate");
        if (gate.TryEnter(remote.Address, now)) return Make(stream, remote.Address, gate);
        Log.ConnectionRefused(remote, "too many from this address");
        stream.Dispose();
        return null;
    }

    private long Milliseconds() => (long)(Time.GetTimestamp() / (double)Time.TimestampFrequency * 1000);
}
