using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using ChatServer.Diagnostics;
using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

/// <summary>
/// The portable transport. Readiness comes from zero-byte receives: they hold no buffer, and their completion only puts the connection
/// into a queue and wakes the loop. Reading and sending are done by the loop, without waiting.
/// </summary>
internal sealed class SocketTransport : ITransport
{
    private const int ReceiveBytes = 64 * 1024;
    private const int AcceptsPerPoll = 64;
    private const int Backlog = 1024;
    private const int KeptPipes = 1024;
    private const int AcceptRetryMilliseconds = 100;
    private static readonly ObjectPool<Pipe> Pipes = new DefaultObjectPool<Pipe>(new PipePolicy(), KeptPipes);
    private static ulong _lastConnection;

    private readonly ConcurrentQueue<PollEvent> _ready = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly List<Connection> _closing = [];
    private readonly HashSet<Connection> _open = [];
    private readonly byte[] _scratch = new byte[ReceiveBytes];
    private byte[] _joined = [];
    private Socket? _listener;
    private SocketAsyncEventArgs? _accepting;
    private Socket? _accepted;
    private AcceptGate? _gate;
    private int _isAwake;
    private volatile bool _acceptIsReady;
    private long _acceptNotBefore;

    public SocketTransport(SocketTransportOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
    }

    internal SocketTransportOptions Options { get; }

    internal TimeProvider Time { get; }

    internal Memory<byte> Scratch => _scratch;

    /// <summary>Bytes of partial frames of all its connections.</summary>
    internal long PartialBytes { get; set; }

    public int Poll(Span<PollEvent> events, TimeSpan timeout)
    {
        if (_ready.IsEmpty && !MayAccept()) Wait(timeout);
        Volatile.Write(ref _isAwake, 0);
        CutOff();
        var count = Accept(events);
        while (count < events.Length && _ready.TryDequeue(out var pollEvent))
        {
            if (IsForLoop(in pollEvent)) events[count++] = pollEvent;
        }

        return count;
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0) _wake.Set();
    }

    public IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits)
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

    public void StopListening()
    {
        _listener?.Dispose();
        _listener = null;
    }

    public void Attach(Connection connection)
    {
        connection.Transport = this;
        _open.Add(connection);
        PartialBytes += connection.PartialBytes;
    }

    public void Detach(Connection connection)
    {
        _open.Remove(connection);
        PartialBytes -= connection.PartialBytes;
    }

    public void Dispose()
    {
        StopListening();
        foreach (var connection in _open.ToArray()) connection.Abort();
        _accepting?.Dispose();
    }

    internal void Announce(Connection connection, PollEventKind kind)
    {
        _ready.Enqueue(new PollEvent(connection, kind));
        Wake();
    }

    internal void Closing(Connection connection) => _closing.Add(connection);

    internal void HasClosed(Connection connection)
    {
        if (_open.Remove(connection)) Announce(connection, PollEventKind.Closed);
    }

    internal Pipe RentPipe()
    {
        PipesRented++;
        return Pipes.Get();
    }

    /// <summary>Pipes taken from the pool so far; a test watches that idle connections take none.</summary>
    internal long PipesRented { get; private set; }

    internal long PipesReturned { get; private set; }

    internal void ReturnPipe(Pipe pipe)
    {
        PipesReturned++;
        Pipes.Return(pipe);
    }

    /// <summary>A body as one piece: where it lies, or copied together. Lent until the next call.</summary>
    internal ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment) return body.First;
        if (_joined.Length < body.Length) _joined = new byte[Math.Max(ReceiveBytes, (int)body.Length)];
        body.CopyTo(_joined);
        return _joined.AsMemory(0, (int)body.Length);
    }

    private void Wait(TimeSpan timeout)
    {
        var milliseconds = (int)Math.Ceiling(Math.Clamp(timeout.TotalMilliseconds, 0, 60_000));
        if (_closing.Count > 0) milliseconds = Math.Min(milliseconds, 50);
        // Somebody waits to be let in and may be at a time of its own.
        if (_acceptIsReady && _listener is not null) milliseconds = (int)Math.Clamp(Volatile.Read(ref _acceptNotBefore) - Milliseconds(), 1, Math.Max(1, milliseconds));
        if (milliseconds > 0) _wake.WaitOne(milliseconds);
    }

    // Readiness of a connection that is gone or going is dealt with here.
    private bool IsForLoop(in PollEvent pollEvent)
    {
        var connection = pollEvent.Connection;
        if (!ReferenceEquals(connection.Transport, this)) return false;
        switch (pollEvent.Kind)
        {
            case PollEventKind.Readable:
                if (connection.IsClosed) return false;
                if (!connection.IsClosing) return true;
                connection.Discard(_scratch);
                return false;
            case PollEventKind.Writable:
                if (!connection.EndSend()) return false;
                connection.Flush();
                return !connection.IsClosed && !connection.IsClosing;
            default:
                return true;
        }
    }

    private void CutOff()
    {
        if (_closing.Count == 0) return;
        var now = Time.GetTimestamp();
        for (var i = _closing.Count - 1; i >= 0; i--)
        {
            var connection = _closing[i];
            if (!connection.IsClosed && now >= connection.CloseBy) connection.Abort();
            if (connection.IsClosed) _closing.RemoveAt(i);
        }
    }

    private bool MayAccept() => _acceptIsReady && _listener is not null && Milliseconds() >= Volatile.Read(ref _acceptNotBefore);

    private int Accept(Span<PollEvent> events)
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
            var connection = new Connection(Interlocked.Increment(ref _lastConnection), socket, address, this, gate);
            _open.Add(connection);
            connection.Arm();
            return connection;
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
