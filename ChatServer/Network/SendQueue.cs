using System.Buffers;

namespace ChatServer.Network;

/// <summary>
/// Bytes that wait for one socket, in the order they leave. Written by the loop as frames, taken in chunks. Holds a pooled buffer only
/// while something waits.
/// </summary>
internal sealed class SendQueue : IBufferWriter<byte>
{
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public int Bytes => _end - _start;

    public ReadOnlyMemory<byte> Waiting => _buffer.AsMemory(_start, Bytes);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Sent(int bytes)
    {
        _start += bytes;
        if (_start < _end) return;
        Clear();
    }

    public void Clear()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes) return;
        var waiting = Bytes;
        var larger = waiting + bytes <= _buffer.Length / 2 ? _buffer : ArrayPool<byte>.Shared.Rent(Math.Max(4096, Math.Max(waiting + bytes, Math.Min(2 * _buffer.Length, waiting + bytes + 65_536))));
        _buffer.AsSpan(_start, waiting).CopyTo(larger);
        if (!ReferenceEquals(larger, _buffer) && _buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        _start = 0;
        _end = waiting;
    }
}
