using System.Net;
using System.Net.Sockets;
using ChatServer.Diagnostics;

namespace ChatServer.Network;

/// <summary>
/// The portable transport. Readiness comes from zero-byte receives: they hold no buffer, and their completion only puts the connection
/// into a queue and wakes the loop.
/// </summary>
internal sealed class SocketTransport(TransportOptions options, TimeProvider time) : ListeningTransport(options, time)
{
    private readonly AutoResetEvent _wake = new(false);
    private SocketAsyncEventArgs? _accepting;
    private volatile bool _acceptHasEnded;
    private int _isAwake;

    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0) _wake.Set();
    }

    public override void Dispose()
    {
        base.Dispose();
        _accepting?.Dispose();
    }

    protected override void Wait(TimeSpan timeout)
    {
        var milliseconds = WaitMilliseconds(timeout);
        if (milliseconds > 0) _wake.WaitOne(milliseconds);
    }

    protected override void BeginPoll() => Volatile.Write(ref _isAwake, 0);

    protected override void BeginAccepting(Socket listener)
    {
        _accepting = new SocketAsyncEventArgs();
        _accepting.Completed += (_, _) => AcceptCompleted();
        ArmAccept(listener);
    }

    // One accept is under way, or what became of it waits to be looked at.
    protected override AcceptStatus TryAccept(Socket listener, out ByteStream? stream, out IPEndPoint? remote)
    {
        stream = null;
        remote = null;
        if (!_acceptHasEnded || _accepting is not { } accepting) return AcceptStatus.NoneLeft;
        _acceptHasEnded = false;
        var (error, socket) = (accepting.SocketError, accepting.AcceptSocket);
        if (error == SocketError.OperationAborted) return AcceptStatus.NoneLeft;
        ArmAccept(listener);
        if (error != SocketError.Success || socket is null)
        {
            Log.AcceptFault(new SocketException((int)error));
            return AcceptStatus.Failed;
        }

        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!; // an accepted socket has one, or throws
            socket.Blocking = false;
            socket.NoDelay = true;
            stream = new SocketStream(socket);
            return AcceptStatus.Accepted;
        }
        catch (SocketException e)
        {
            Log.AcceptFault(e);
            socket.Dispose();
            return AcceptStatus.Gone;
        }
    }

    private void ArmAccept(Socket listener)
    {
        if (_accepting is not { } accepting) return;
        accepting.AcceptSocket = null;
        try
        {
            if (!listener.AcceptAsync(accepting)) AcceptCompleted();
        }
        catch (ObjectDisposedException)
        {
            // Listening has ended meanwhile.
        }
    }

    private void AcceptCompleted()
    {
        _acceptHasEnded = true;
        AcceptIsReady();
        Wake();
    }
}
