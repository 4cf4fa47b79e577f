using System.Buffers;
using ChatServer.Protocol.Wire;
using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

/// <summary>
/// Bytes that wait for one socket, in the order they leave. Written by the loop as frames, taken in chunks. Holds a pooled buffer only
/// while something waits: what a turn says to thousands of connections is in as many small buffers, of which a pool of our own keeps
/// more than the shared one does.
/// </summary>
internal sealed class SendQueue : IBufferWriter<byte>
{
    private const int SmallBytes = 4 * 1024;
    private const int KeptSmall = 4 * 1024;
    private const int MiddleBytes = 16 * 1024;
    private const int KeptMiddle = 512;

    private static readonly ObjectPool<byte[]> Small = new DefaultObjectPool<byte[]>(new BufferPolicy(SmallBytes), KeptSmall);
    private static readonly ObjectPool<byte[]> Middle = new DefaultObjectPool<byte[]>(new BufferPolicy(MiddleBytes), KeptMiddle);

    private static readonly ObjectPool<SendQueue> Spare = new DefaultObjectPool<SendQueue>(new DefaultPooledObjectPolicy<SendQueue>(), KeptSmall);

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _frameLeft;

    /// <summary>Bytes that have not been handed over.</summary>
    public int Bytes => _end - _start;

    /// <summary>What the socket has been given to send by itself; empty: nothing.</summary>
    public byte[] InFlight { get; private set; } = [];

    /// <summary>Frames of which something has not been handed over.</summary>
    public int Frames { get; private set; }

    /// <summary>When the socket has taken something last, or what waits began to.</summary>
    public long LastProgress { get; set; }

    /// <summary>Nothing waits and nothing is on its way.</summary>
    public bool IsEmpty => Bytes == 0 && InFlight.Length == 0;

    public ReadOnlyMemory<byte> Waiting => _buffer.AsMemory(_start, Bytes);

    /// <summary>An empty queue, until <see cref="Return"/>.</summary>
    public static SendQueue Rent() => Spare.Get();

    /// <summary>The queue is not used any more.</summary>
    public static void Return(SendQueue queue)
    {
        queue.Clear();
        queue.InFlight = [];
        Spare.Return(queue);
    }

    /// <summary>A frame has been written.</summary>
    public void EndFrame(long now)
    {
        if (Frames++ == 0 && InFlight.Length == 0) LastProgress = now;
    }

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

    /// <summary>
    /// So many bytes were handed over. Frames are counted out by their headers: a reader who is never quite empty-handed is not slow
    /// for that.
    /// </summary>
    public void Sent(int bytes)
    {
        var waiting = Waiting.Span;
        for (var at = 0; at < bytes;)
        {
            if (_frameLeft == 0) _frameLeft = ProtocolLimits.HeaderBytes + FrameHeader.Read(waiting[at..]).Length;
            var taken = Math.Min(_frameLeft, bytes - at);
            at += taken;
            _frameLeft -= taken;
            if (_frameLeft == 0) Frames--;
        }

        _start += bytes;
        if (_start < _end) return;
        Clear();
    }

    /// <summary>Takes the first bytes out, for the socket to send by itself.</summary>
    public byte[] Detach(int most)
    {
        InFlight = Waiting[..Math.Min(Bytes, most)].ToArray();
        Sent(InFlight.Length);
        return InFlight;
    }

    /// <summary>What was on its way has left.</summary>
    public void Arrived(long now)
    {
        InFlight = [];
        LastProgress = now;
    }

    public void Clear()
    {
        GiveBack(_buffer);
        _buffer = [];
        _start = _end = 0;
        (Frames, _frameLeft) = (0, 0);
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes) return;
        var waiting = Bytes;
        var larger = waiting + bytes <= _buffer.Length / 2 ? _buffer : Borrow(Math.Max(waiting + bytes, Math.Min(2 * _buffer.Length, waiting + bytes + 65_536)));
        _buffer.AsSpan(_start, waiting).CopyTo(larger);
        if (!ReferenceEquals(larger, _buffer)) GiveBack(_buffer);
        _buffer = larger;
        _start = 0;
        _end = waiting;
    }

    private static byte[] Borrow(int bytes) => bytes switch
    {
        <= SmallBytes => Small.Get(),
        <= MiddleBytes => Middle.Get(),
        _ => ArrayPool<byte>.Shared.Rent(Math.Max(bytes, 2 * MiddleBytes)),
    };

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length == SmallBytes) Small.Return(buffer);
        else if (buffer.Length == MiddleBytes) Middle.Return(buffer);
        else if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private sealed class BufferPolicy(int bytes) : PooledObjectPolicy<byte[]>
    {
        public override byte[] Create() => GC.AllocateUninitializedArray<byte>(bytes);

        public override bool Return(byte[] obj) => true;
    }
}
