using System.Buffers;
using System.Net;
using ChatServer.Protocol.Wire;

namespace ChatServer.Network;

/// <summary>
/// One stream of bytes: bytes and frames, nothing of chat. Holds no buffer while idle: a pooled Pipe only while a frame is partial or
/// reading is paused, a send buffer only while something waits. Owned by one loop; its stream's completions only name it to the
/// transport.
/// </summary>
#pragma warning disable CA1001 // disposed by Abort, which every end of a connection comes to
internal sealed class Connection
#pragma warning restore CA1001
{
    // A larger chunk would let a slow reader look stalled while it makes progress.
    private const int SendChunkBytes = 64 * 1024;

    private readonly AcceptGate _gate;
    private SendQueue? _queue;
    private FrameSplitter _splitter = new();
    private PartialFrame? _partial;
    private bool _isReadingPaused;
    private volatile bool _isArmed;
    private volatile bool _sendFailed;
    private bool _splittingEnded;

    public Connection(ByteStream stream, IPAddress remoteAddress, Transport transport, AcceptGate gate)
    {
        RemoteAddress = remoteAddress;
        Transport = transport;
        Stream = stream;
        _gate = gate;
        stream.Owner = this;
    }

    /// <summary>Where it comes from; known as long as it has not logged in.</summary>
    public IPAddress? RemoteAddress { get; private set; }

    /// <summary>What the room above keeps with the connection.</summary>
    public object? Tag { get; set; }

    /// <summary>For the room above too: it is to be flushed at the end of the turn.</summary>
    public bool IsDirty { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Its last bytes are on the way; what still comes is thrown away.</summary>
    public bool IsClosing { get; private set; }

    public bool IsAuthenticated { get; private set; }

    /// <summary>Most bytes of a frame's body that are accepted now.</summary>
    public int MaxBodyBytes
    {
        get => _splitter.MaxBodyBytes;
        set => _splitter.MaxBodyBytes = value;
    }

    /// <summary>Bytes that wait for the socket.</summary>
    public int QueuedBytes => _queue is null ? 0 : _queue.Bytes + _queue.InFlight.Length;

    /// <summary>Frames of which something waits for the socket; what is on its way to it by itself is counted in bytes only.</summary>
    public int QueuedFrames => _queue?.Frames ?? 0;

    /// <summary>Whether another frame may be written. Beyond it the reader is too slow.</summary>
#if MUTANTS
    public bool HasRoom => Core.PlantedBugs.Active == Core.PlantedBug.SendQueueUnbounded
        || (QueuedBytes < Transport.Options.SendQueueBytes && QueuedFrames < Transport.Options.SendQueueFrames);
#else
    public bool HasRoom => QueuedBytes < Transport.Options.SendQueueBytes && QueuedFrames < Transport.Options.SendQueueFrames;
#endif

    /// <summary>How long the socket has not taken anything of what waits for it.</summary>
    public TimeSpan StalledFor => _queue is { IsEmpty: false } queue ? Transport.Time.GetElapsedTime(queue.LastProgress) : TimeSpan.Zero;

    /// <summary>Frames are written here, each followed by <see cref="EndFrame"/>.</summary>
    public IBufferWriter<byte> Output => _queue ??= SendQueue.Rent();

    internal Transport Transport { get; private set; }

    internal ByteStream Stream { get; }

    /// <summary>Whether it holds a Pipe.</summary>
    internal bool HoldsPipe => _partial is not null;

    internal long PartialBytes => _partial?.Bytes ?? 0;

    public void EndFrame() => _queue?.EndFrame(Transport.Time.GetTimestamp());

    public void MarkAuthenticated()
    {
        if (IsAuthenticated) return;
        IsAuthenticated = true;
        if (RemoteAddress is { } address) _gate.Authenticated(address);
        RemoteAddress = null;
    }

    /// <summary>Nothing is read until <see cref="ResumeReading"/>: TCP pushes back.</summary>
    public void PauseReading() => _isReadingPaused = true;

    public void ResumeReading()
    {
        if (!_isReadingPaused || IsClosed) return;
        _isReadingPaused = false;
        Announce(PollEventKind.Readable);
    }

    /// <summary>Reads what is there and gives its frames to the sink, until there is no more, the sink stops, or others have their turn.</summary>
    public ReceiveStatus Receive(IFrameSink sink)
    {
        var share = Transport.Options.ReceiveShareBytes;
        if (IsClosed) return ReceiveStatus.Closed;
        if (_isReadingPaused || IsClosing) return ReceiveStatus.Stopped;
        if (_partial is not null && !SplitPartial(sink)) return ReceiveStatus.Stopped;
        while (share > 0)
        {
            var status = ReadOnce(out var bytes, sink);
            if (status is { } ended) return ended;
            share -= bytes;
        }

        Announce(PollEventKind.Readable);
        return ReceiveStatus.Stopped;
    }

    /// <summary>Sends what waits; what the socket does not take goes on by itself.</summary>
    public void Flush()
    {
        while (!IsClosed && _queue is { Bytes: > 0, InFlight.Length: 0 } queue)
        {
            var waiting = queue.Waiting;
            var status = Stream.Send(waiting.Span, out var sent);
            if (status == StreamStatus.Failed)
            {
                Abort();
                return;
            }

            if (sent > 0)
            {
                queue.Sent(sent);
                queue.LastProgress = Transport.Time.GetTimestamp();
            }

            if (sent < waiting.Length) Stream.SendInBackground(queue.Detach(SendChunkBytes));
        }

        if (_queue is { IsEmpty: true }) ReturnQueue();
        if (IsClosing && QueuedBytes == 0 && !IsClosed) HalfClose();
    }

    /// <summary>Closes once everything that waits is sent, or after a while. Nothing that comes is read any more.</summary>
    public void CloseAfterFlush(TimeSpan linger)
    {
        if (IsClosed || IsClosing) return;
        IsClosing = true;
        ReturnPartial();
        Transport.Closing(this, linger);
    }

    /// <summary>Closes now; what waits is lost with the socket, never with the message.</summary>
    public void Abort()
    {
        if (IsClosed) return;
        IsClosed = true;
        ReturnPartial();
        ReturnQueue();
        Stream.Dispose();
        _gate.Closed(RemoteAddress);
        Transport.HasClosed(this);
    }

    /// <summary>Waits for the next byte. The transport calls it for a new connection, reading for the others.</summary>
    internal void Arm()
    {
        if (IsClosed || _isArmed) return;
        _isArmed = true;
        Stream.AwaitReadable();
    }

    /// <summary>It belongs to the transport from now on; null: it is on its way to another.</summary>
    internal void MoveTo(Transport? transport)
    {
        if (transport is not null) Transport = transport;
        if (!IsClosed) Stream.MoveTo(transport);
    }

    /// <summary>The stream has something to receive, and whoever finds that out tells the loop itself. False: nobody waits for it.</summary>
    internal bool TryDisarm()
    {
        if (!_isArmed) return false;
        _isArmed = false;
        return true;
    }

    /// <summary>The stream has something to receive. Any thread.</summary>
    internal void HasBecomeReadable()
    {
        _isArmed = false;
        Announce(PollEventKind.Readable);
    }

    /// <summary>What was sent in the background has left, or never will. Any thread.</summary>
    internal void HasSent(bool succeeded)
    {
        if (!succeeded) _sendFailed = true;
        Announce(PollEventKind.Writable);
    }

    /// <summary>A background send has ended; false when the connection failed.</summary>
    internal bool EndSend()
    {
        _queue?.Arrived(Transport.Time.GetTimestamp());
        if (IsClosed) return false;
        if (!_sendFailed) return true;
        Abort();
        return false;
    }

    /// <summary>A closing connection's input: thrown away until the other end closes too.</summary>
    internal void Discard(byte[] scratch)
    {
        if (Stream.Receive(scratch, out _) is StreamStatus.Done or StreamStatus.NotNow) Arm();
        else Abort();
    }

    private void Announce(PollEventKind kind) => Transport.Announce(this, kind);

    private ReceiveStatus? ReadOnce(out int bytes, IFrameSink sink)
    {
        var memory = _partial is null ? Transport.Scratch : _partial.Pipe.Writer.GetMemory(4096);
        var status = Stream.Receive(memory.Span, out bytes);
        if (status == StreamStatus.NotNow)
        {
            Arm();
            return ReceiveStatus.Drained;
        }

        if (status != StreamStatus.Done)
        {
            Abort();
            return ReceiveStatus.Closed;
        }

        if (_partial is null)
        {
            var received = new ReadOnlySequence<byte>(memory[..bytes]);
            var goOn = Split(ref received, sink);
            if (!received.IsEmpty && !IsClosing && !IsClosed) Keep(received.First);
            if (!goOn) return ReceiveStatus.Stopped;
        }
        else
        {
            _partial.Pipe.Writer.Advance(bytes);
            Count(_partial, bytes);
            if (!SplitPartial(sink)) return ReceiveStatus.Stopped;
        }

        if (Transport.PartialBytes > Transport.Options.PartialBytes && _partial is not null)
        {
            EndSplitting(sink, ErrorCode.Busy, 0);
            return ReceiveStatus.Stopped;
        }

        if (bytes < memory.Length)
        {
            Arm();
            return ReceiveStatus.Drained;
        }

        return null;
    }

    // Flushing a Pipe without thresholds completes at once: everything it holds was received already.
    private bool SplitPartial(IFrameSink sink)
    {
        var partial = _partial ?? throw new InvalidOperationException("Only what was kept is split again");
        var pipe = partial.Pipe;
        var flushed = pipe.Writer.FlushAsync();
        if (!flushed.IsCompletedSuccessfully) throw new InvalidOperationException("A pipe without thresholds flushes at once");
        if (!pipe.Reader.TryRead(out var result)) return true;
        var received = result.Buffer;
        var before = received.Length;
        var goOn = Split(ref received, sink);
        if (_partial is null) return false; // closed by the sink
        pipe.Reader.AdvanceTo(received.Start, goOn ? received.End : received.Start);
        Count(partial, received.Length - before);
        if (received.IsEmpty) ReturnPartial();
        return goOn;
    }

    private bool Split(ref ReadOnlySequence<byte> received, IFrameSink sink)
    {
        while (!_splittingEnded && !_isReadingPaused && !IsClosing && !IsClosed)
        {
            var result = _splitter.Next(received, out var header, out var consumed, out var error, out var argument);
            if (result == SplitResult.NeedsMore) return true;
            if (result == SplitResult.Error)
            {
                EndSplitting(sink, error, argument);
                return false;
            }

            var rest = received.Slice(consumed);
            if (result == SplitResult.Frame)
            {
                var body = Transport.Contiguous(received.Slice(ProtocolLimits.HeaderBytes, header.Length));
                if (!sink.OnFrame(this, header, body, out var wasTaken))
                {
#if MUTANTS
                    wasTaken |= Core.PlantedBugs.Active == Core.PlantedBug.DeferredFrameDropped;
#endif
                    if (wasTaken) received = rest;
                    return false;
                }
            }

            received = rest;
        }

        return false;
    }

    private void EndSplitting(IFrameSink sink, ErrorCode error, ulong argument)
    {
        _splittingEnded = true;
        sink.OnProtocolError(this, error, argument);
    }

    private void Keep(ReadOnlyMemory<byte> rest)
    {
        _partial = Transport.RentPartial();
        var writer = _partial.Pipe.Writer;
        rest.Span.CopyTo(writer.GetSpan(rest.Length));
        writer.Advance(rest.Length);
        var flushed = writer.FlushAsync();
        if (!flushed.IsCompletedSuccessfully) throw new InvalidOperationException("A pipe without thresholds flushes at once");
        Count(_partial, rest.Length);
    }

    private void ReturnPartial()
    {
        if (_partial is null) return;
#if MUTANTS
        if (Core.PlantedBugs.Active != Core.PlantedBug.PartialBytesDrift || !IsClosed)
#endif
        Count(_partial, -_partial.Bytes);
        Transport.ReturnPartial(_partial);
        _partial = null;
    }

    private void Count(PartialFrame partial, long bytes)
    {
        partial.Bytes += bytes;
        Transport.PartialBytes += bytes;
    }

    private void ReturnQueue()
    {
        if (_queue is not { } queue) return;
        _queue = null;
        SendQueue.Return(queue);
    }

    // The other end sees the last frame and then the end; it may still be sending, which is thrown away for a while.
    private void HalfClose()
    {
        if (Stream.EndSending()) Arm();
        else Abort();
    }
}
