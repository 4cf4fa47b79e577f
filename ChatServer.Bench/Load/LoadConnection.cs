using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>
/// One TCP connection with as little around it as measuring allows: frames in as slices of one buffer, frames out collected and sent
/// in one call. Writing is guarded by the owner's lock; one reader.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _input = new byte[128 * 1_024];
    private ArrayBufferWriter<byte> _output = new(16 * 1_024);
    private ArrayBufferWriter<byte> _sending = new(16 * 1_024);
    private int _start;
    private int _end;
    private bool _isSending;
    private bool _isFinishing;
    private volatile bool _isClosed;

    public IBufferWriter<byte> Output => _output;

    public bool IsClosed => _isClosed;

    public async Task OpenAsync(IPEndPoint endPoint, CancellationToken stop)
    {
        await _socket.ConnectAsync(endPoint, stop);
        Preamble.Write(_output.GetSpan(ProtocolLimits.PreambleBytes));
        _output.Advance(ProtocolLimits.PreambleBytes);
    }

    /// <summary>Waits for bytes; false at the end of the connection.</summary>
    public async ValueTask<bool> ReceiveAsync()
    {
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        if (_end == _input.Length) Array.Resize(ref _input, 2 * _input.Length);
        try
        {
            var read = await _socket.ReceiveAsync(_input.AsMemory(_end));
            _end += read;
            return read > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The next whole frame of what has come; its body is good until the next receive.</summary>
    public bool TryTake(out FrameHeader header, out ReadOnlyMemory<byte> body)
    {
        header = default;
        body = default;
        if (_end - _start < ProtocolLimits.HeaderBytes) return false;
        header = FrameHeader.Read(_input.AsSpan(_start));
        var length = ProtocolLimits.HeaderBytes + header.Length;
        if (_end - _start < length) return false;
        body = _input.AsMemory(_start + ProtocolLimits.HeaderBytes, header.Length);
        _start += length;
        return true;
    }

    /// <summary>Sends what was written, unless a send is under way: that one takes it along. Under the owner's lock.</summary>
    public void Flush(Lock owner)
    {
        if (_isSending || _output.WrittenCount == 0 || _isClosed) return;
        (_output, _sending) = (_sending, _output);
        _isSending = true;
        _ = SendAllAsync(owner);
    }

    /// <summary>Ends its own side once all that was written is sent. Under the owner's lock.</summary>
    public void Finish()
    {
        _isFinishing = true;
        if (!_isSending) ShutDown();
    }

    /// <summary>Ends the connection as a lost network does.</summary>
    public void Abort()
    {
        if (_isClosed) return;
        _isClosed = true;
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    // Mostly ends before it returns, and then under the caller's lock: the lock may be taken again.
    private async Task SendAllAsync(Lock owner)
    {
        try
        {
            var sent = 0;
            while (sent < _sending.WrittenCount) sent += await _socket.SendAsync(_sending.WrittenMemory[sent..], SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reader sees the end.
            return;
        }

        lock (owner)
        {
            _sending.ResetWrittenCount();
            _isSending = false;
            Flush(owner);
            if (_isFinishing && !_isSending) ShutDown();
        }
    }

    private void ShutDown()
    {
        if (_isClosed) return;
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server was faster; the reader sees the end.
        }
    }
}
