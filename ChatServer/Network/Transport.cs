using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

/// <summary>
/// What every transport does alike: keeps its connections, their bounds and what is ready. How readiness is found out and where
/// connections come from is the business of the transport itself. Reading and sending are done by the loop, without waiting.
/// </summary>
internal abstract class Transport : ITransport
{
    private const int ReceiveBytes = 64 * 1024;
    private const int KeptPipes = 1024;
    private static readonly TimeSpan LongestWaitWhileClosing = TimeSpan.FromMilliseconds(50);
    private static readonly ObjectPool<PartialFrame> Partials = new DefaultObjectPool<PartialFrame>(new DefaultPooledObjectPolicy<PartialFrame>(), KeptPipes);

    private readonly ConcurrentQueue<PollEvent> _ready = new();
    private readonly List<(Connection Connection, long CloseBy)> _closing = [];
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ReceiveBytes);
    private byte[] _joined = [];

    protected Transport(TransportOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
    }

    internal TransportOptions Options { get; }

    internal TimeProvider Time { get; }

    internal Memory<byte> Scratch => _scratch;

    /// <summary>Bytes of partial frames of all its connections.</summary>
    internal long PartialBytes { get; set; }

    /// <summary>Pipes taken from the pool so far; a test watches that idle connections take none.</summary>
    internal long PipesRented { get; private set; }

    internal long PipesReturned { get; private set; }

    internal ConnectionTable Open { get; } = new();

    /// <summary>Whether a poll would find something without waiting.</summary>
    protected virtual bool HasReady => !_ready.IsEmpty;

    public int Poll(Span<PollEvent> events, TimeSpan timeout)
    {
        Wait(HasReady ? TimeSpan.Zero : Bounded(timeout));
        BeginPoll();
        var count = Harvest(events);
        CutOff();
        count += Accept(events[count..]);
        // What is announced meanwhile is for the next poll: a connection that only throws away what it gets must not hold this one up.
        for (var waiting = _ready.Count; waiting > 0 && count < events.Length && _ready.TryDequeue(out var pollEvent); waiting--)
        {
            if (IsForLoop(in pollEvent)) events[count++] = pollEvent;
        }

        return count;
    }

    public abstract void Wake();

    public abstract IPEndPoint Listen(IPEndPoint endPoint, AcceptLimits limits);

    public abstract void StopListening();

    public void Attach(Connection connection)
    {
        Open.Add(connection);
        connection.MoveTo(this);
        PartialBytes += connection.PartialBytes;
    }

    public void Detach(Connection connection)
    {
        Open.Remove(connection);
        connection.MoveTo(null);
        PartialBytes -= connection.PartialBytes;
    }

    public virtual void Dispose()
    {
        StopListening();
        foreach (var connection in Open.ToArray()) connection.Abort();
    }

    internal void Announce(Connection connection, PollEventKind kind)
    {
        _ready.Enqueue(new PollEvent(connection, kind));
        Wake();
    }

    /// <summary>It is cut off if it has not closed after a while.</summary>
    internal void Closing(Connection connection, TimeSpan linger) =>
        _closing.Add((connection, Time.GetTimestamp() + (long)(linger.TotalSeconds * Time.TimestampFrequency)));

    internal void HasClosed(Connection connection)
    {
        if (Open.Remove(connection)) Announce(connection, PollEventKind.Closed);
    }

    internal PartialFrame RentPartial()
    {
        PipesRented++;
        return Partials.Get();
    }

    internal void ReturnPartial(PartialFrame partial)
    {
        PipesReturned++;
        Partials.Return(partial);
    }

    /// <summary>A body as one piece: where it lies, or copied together. Lent until the next call.</summary>
    internal ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment) return body.First;
        if (_joined.Length < body.Length) _joined = new byte[Math.Max(ReceiveBytes, (int)body.Length)];
        body.CopyTo(_joined);
        return _joined.AsMemory(0, (int)body.Length);
    }

    /// <summary>Waits for a <see cref="Wake"/> or for something that <see cref="Harvest"/> finds, at most so long, which may be not at all.</summary>
    protected abstract void Wait(TimeSpan timeout);

    /// <summary>From here on a <see cref="Wake"/> is for the next poll.</summary>
    protected abstract void BeginPoll();

    /// <summary>Gives what the wait itself has found, and leaves room for others.</summary>
    protected virtual int Harvest(Span<PollEvent> events) => 0;

    /// <summary>Gives the connections that have come.</summary>
    protected abstract int Accept(Span<PollEvent> events);

    /// <summary>A wait that does not miss the time at which a closing connection is cut off.</summary>
    protected TimeSpan Bounded(TimeSpan timeout) =>
        _closing.Count > 0 && timeout > LongestWaitWhileClosing ? LongestWaitWhileClosing : timeout;

    /// <summary>A connection that was let in; it waits for its first byte.</summary>
    protected Connection Make(ByteStream stream, IPAddress address, AcceptGate gate)
    {
        var connection = new Connection(stream, address, this, gate);
        Open.Add(connection);
        connection.MoveTo(this);
        connection.Arm();
        return connection;
    }

    // Readiness of a connection that is gone or going is dealt with here.
    protected bool IsForLoop(in PollEvent pollEvent)
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
            var (connection, closeBy) = _closing[i];
            if (!connection.IsClosed && now >= closeBy) connection.Abort();
            if (connection.IsClosed) _closing.RemoveAt(i);
        }
    }
}
