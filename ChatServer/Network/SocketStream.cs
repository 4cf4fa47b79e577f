using System.Net.Sockets;

namespace ChatServer.Network;

/// <summary>
/// A stream over a socket. Readiness comes from a zero-byte receive, which holds no buffer. Completions come on threads of the pool.
/// </summary>
internal sealed class SocketStream : ByteStream
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _readiness;
    private SocketAsyncEventArgs? _sending;

    public SocketStream(Socket socket)
    {
        _socket = socket;
        _readiness = new SocketAsyncEventArgs { UserToken = this };
        _readiness.SetBuffer(Memory<byte>.Empty);
        _readiness.Completed += static (_, readiness) => Named(readiness).Owner?.HasBecomeReadable();
    }

    public override StreamStatus Receive(Span<byte> destination, out int bytes)
    {
        bytes = _socket.Receive(destination, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return StreamStatus.NotNow;
        if (error != SocketError.Success) return StreamStatus.Failed;
        return bytes == 0 ? StreamStatus.Ended : StreamStatus.Done;
    }

    public override StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error == SocketError.Success) return StreamStatus.Done;
        sent = 0;
        return error == SocketError.WouldBlock ? StreamStatus.NotNow : StreamStatus.Failed;
    }

    public override void AwaitReadable()
    {
        try
        {
            if (!_socket.ReceiveAsync(_readiness)) Owner?.HasBecomeReadable();
        }
        catch (ObjectDisposedException)
        {
            // Closed between the check and the call by the other side's reset: the event of that is on its way.
        }
    }

    public override void SendInBackground(byte[] bytes)
    {
        if (_sending is null)
        {
            _sending = new SocketAsyncEventArgs { UserToken = this };
            _sending.Completed += static (_, sending) => Named(sending).HasSent();
        }

        _sending.SetBuffer(bytes);
        if (!_socket.SendAsync(_sending)) HasSent();
    }

    public override bool EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
        _socket.Dispose();
        _readiness.Dispose();
        _sending?.Dispose();
    }

    private static SocketStream Named(SocketAsyncEventArgs arguments) => (SocketStream)arguments.UserToken!; // set where it was made

    private void HasSent() => Owner?.HasSent(_sending is { SocketError: SocketError.Success });
}
