using System.Net;
using System.Net.Sockets;
using ChatServer.Diagnostics;

namespace ChatServer.Network;

/// <summary>
/// The portable transport. Readiness comes from zero-byte receives: they hold no buffer, and their completion only puts the connection
/// into a queue and wakes the loop.
/// </summary>
internal sealed class SocketTransport(SocketTransportOptions options, TimeProvider time) : Transport(options, time)
{
    private const int AcceptsPerPoll = 64;
    private const int Backlog = 1024;
    private const int AcceptRetryMilliseconds = 100;

    private readonly AutoResetEvent _wake = new(false);
    private Socket? _listener;
    private SocketAsyncEventArgs? _accepting;
    private Socket? _accepted;
    private AcceptGate? _gate;
    private int _isAwake;
    private volatile bool _acceptIsReady;
    private long _acceptNotBefore;

    protected override bool HasReady => base.HasReady || MayAccept();

    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0) _wake.Set();
    }

    public override IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits)
    {
        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // On Unix this lets a restarted server have its port at once; on Windows it would let two share it.
            if (!OperatingSystem.IsWindows()) listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(endPoint);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
        var most = limits.Connections > 0 ? limits.Connections : DescriptorLimit.Connections();
        _gate = new AcceptGate(limits, most, Milliseconds());
        _accepting = new SocketAsyncEventArgs();
        _accepting.Completed += (_, _) => AcceptCompleted();
        ArmAccept();
        return (IPEndPoint)listener.LocalEndPoint!; // a bound socket has one
    }

    public override void StopListening()
    {
        _listener?.Dispose();
        _listener = null;
    }

    public override void Dispose()
    {
        base.Dispose();
        _accepting?.Dispose();
    }

    protected override void Wait(TimeSpan timeout)
    {
        var milliseconds = (int)Math.Ceiling(Math.Clamp(timeout.TotalMilliseconds, 0, 60_000));
        // Somebody waits to be let in and may be at a time of its own.
        if (_acceptIsReady && _listener is not null) milliseconds = (int)Math.Clamp(Volatile.Read(ref _acceptNotBefore) - Milliseconds(), 1, Math.Max(1, milliseconds));
        if (milliseconds > 0) _wake.WaitOne(milliseconds);
    }

    protected override void BeginPoll() => Volatile.Write(ref _isAwake, 0);

    protected override int Accept(Span<PollEvent> events)
    {
        var count = 0;
        while (MayAccept() && count < Math.Min(AcceptsPerPoll, events.Length))
        {
            var wait = _gate?.WaitMilliseconds(Milliseconds()) ?? 0;
            if (wait > 0)
            {
                _acceptNotBefore = Milliseconds() + wait;
                break;
            }

            if (Interlocked.Exchange(ref _accepted, null) is not { } socket)
            {
                _acceptIsReady = false;
                ArmAccept();
                continue;
            }

            if (TryMake(socket) is { } connection) events[count++] = new PollEvent(connection, PollEventKind.Accepted);
            _acceptIsReady = false;
            ArmAccept();
        }

        return count;
    }

    private bool MayAccept() => _acceptIsReady && _listener is not null && Milliseconds() >= Volatile.Read(ref _acceptNotBefore);

    private Connection? TryMake(Socket socket)
    {
        try
        {
            var address = ((IPEndPoint)socket.RemoteEndPoint!).Address; // an accepted socket has one, or throws
            var gate = _gate ?? throw new InvalidOperationException("Listening makes the gate");
            if (!gate.TryEnter(address, Milliseconds()))
            {
                Log.ConnectionRefused(socket.RemoteEndPoint, "too many from this address");
                socket.Dispose();
                return null;
            }

            socket.Blocking = false;
            socket.NoDelay = true;
            return Make(new SocketStream(socket), address, gate);
        }
        catch (SocketException e)
        {
            // Gone before it was looked at.
            Log.AcceptFault(e);
            socket.Dispose();
            return null;
        }
    }

    private void ArmAccept()
    {
        if (_listener is not { } listener || _accepting is not { } accepting) return;
        accepting.AcceptSocket = null;
        try
        {
            if (!listener.AcceptAsync(accepting)) AcceptCompleted();
        }
        catch (ObjectDisposedException)
        {
            // Listening has ended meanwhile.
            _acceptIsReady = false;
        }
    }

    private void AcceptCompleted()
    {
        if (_accepting is not { } accepting) return;
        if (accepting.SocketError == SocketError.Success)
        {
            Volatile.Write(ref _accepted, accepting.AcceptSocket);
        }
        else if (accepting.SocketError != SocketError.OperationAborted)
        {
            // Most likely no descriptor is left: the connection stays in the queue, and asking again at once would turn in a circle.
            Log.AcceptFault(new SocketException((int)accepting.SocketError));
            Volatile.Write(ref _acceptNotBefore, Milliseconds() + AcceptRetryMilliseconds);
        }

        _acceptIsReady = true;
        Wake();
    }

    private long Milliseconds() => (long)(Time.GetTimestamp() / (double)Time.TimestampFrequency * 1000);
}
