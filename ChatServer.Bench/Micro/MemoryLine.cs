using System.Buffers;
using ChatServer.Network;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Micro;

/// <summary>A connection without a socket: what the client has written lies here until the loop reads it, and the other way round. One thread.</summary>
internal sealed class MemoryLine : ByteStream
{
    private readonly ArrayBufferWriter<byte> _up = new();
    private readonly ArrayBufferWriter<byte> _down = new();
    private int _upRead;
    private int _downRead;
    private bool _isAwaited;

    /// <summary>Where the client writes, before <see cref="Deliver"/>.</summary>
    public IBufferWriter<byte> Up => _up;

    /// <summary>The client has written.</summary>
    public void Deliver()
    {
        if (!_isAwaited || _upRead == _up.WrittenCount) return;
        _isAwaited = false;
        Owner?.HasBecomeReadable();
    }

    /// <summary>The next frame for the client; its body is lent until the next call that finds none.</summary>
    public bool TryRead(out FrameHeader header, out ReadOnlyMemory<byte> body)
    {
        var waiting = _down.WrittenMemory[_downRead..];
        if (waiting.IsEmpty)
        {
            _down.ResetWrittenCount();
            _downRead = 0;
            (header, body) = (default, default);
            return false;
        }

        // A send takes all that waits, so that frames are whole here.
        header = FrameHeader.Read(waiting.Span);
        body = waiting.Slice(ProtocolLimits.HeaderBytes, header.Length);
        _downRead += ProtocolLimits.HeaderBytes + header.Length;
        return true;
    }

    public override StreamStatus Receive(Span<byte> destination, out int bytes)
    {
        bytes = Math.Min(destination.Length, _up.WrittenCount - _upRead);
        if (bytes == 0) return StreamStatus.NotNow;
        _up.WrittenSpan.Slice(_upRead, bytes).CopyTo(destination);
        _upRead += bytes;
        if (_upRead < _up.WrittenCount) return StreamStatus.Done;

        // Not when it is found empty: a connection that got less than it has room for does not ask again.
        _up.ResetWrittenCount();
        _upRead = 0;
        return StreamStatus.Done;
    }

    public override StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent)
    {
        _down.Write(bytes);
        sent = bytes.Length;
        return StreamStatus.Done;
    }

    public override void AwaitReadable()
    {
        _isAwaited = true;
        Deliver();
    }

    public override void SendInBackground(byte[] bytes) => throw new NotSupportedException("All fits at once");

    public override bool EndSending() => true;

    public override void Dispose()
    {
        // There is nothing to dispose of.
    }
}
