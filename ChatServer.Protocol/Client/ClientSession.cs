using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// One logged-in connection, from after Welcome to its end: a reading loop that hands frames to the memory, and a writing loop that
/// takes from it what may go and pings. The reader alone says how it ended, unless the server falls silent.
/// </summary>
internal sealed class ClientSession(
    ClientConnection connection, ClientMemory memory, ChatClientOptions options, TimeSpan interval, Action caughtUp)
{
    /// <summary>The shares of the interval between which the first ping comes, so that clients that came together do not ping so.</summary>
    private const double FirstPing = 0.5;

    /// <summary>The least share of the interval between two pings.</summary>
    private const double NextPing = 0.9;

    /// <summary>How long an answer to Ping may take before the connection counts as dead; less if the interval is.</summary>
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(10);

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly byte[] _echo = new byte[sizeof(ulong)];
    private readonly Lock _lock = new();
    private ulong _pings;
    private TimeSpan? _pinged;
    private volatile bool _isFinishing;
    private volatile SessionEnd? _goingAway;
    private SessionEnd? _lastError;

    /// <summary>Says what is kept, and ends; the server closes.</summary>
    public void Finish()
    {
        _isFinishing = true;
        memory.Writer.Set();
    }

    public async Task<SessionEnd> RunAsync(CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(both.Token);
        var writing = WriteAsync(both.Token);
        try
        {
            // A writer that could not write leaves the word to the reader, who may still find the server's reason.
            if (await Task.WhenAny((Task)reading, writing) == writing && await writing is { } silent) return silent;
            return await reading;
        }
        finally
        {
            await both.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SessionEnd> ReadAsync(CancellationToken cancellation)
    {
        var reason = "the server closed the connection";
        try
        {
            while (await connection.NextAsync(cancellation))
            {
                if (Dispatch() is { } end) return end;
                if (_goingAway is { } goingAway && !memory.HasUnderWay) return goingAway;
            }
        }
        catch (Exception broken) when (broken is SocketException or IOException && !memory.Fault.Task.IsCompleted)
        {
            reason = broken.Message;
        }

        return _goingAway ?? _lastError ?? SessionEnd.Local(reason);
    }

    /// <summary>Why the connection has to end; null: it goes on.</summary>
    private SessionEnd? Dispatch()
    {
        _lastError = null;
        var body = connection.Body;
        switch (connection.Header.Kind)
        {
            case FrameKind.Sent when Read<SentFrame>(body, out var sent):
                memory.OnSent(sent);
                return null;
            case FrameKind.Message when Read<MessageFrame>(body, out var message):
                return memory.OnMessage(message) is { } reason ? SessionEnd.Local(reason) : null;
            case FrameKind.Marks when Read<MarksFrame>(body, out var marks):
                memory.OnMarks(marks);
                return null;
            case FrameKind.Pong when Read<PongFrame>(body, out var pong):
                return OnPong(pong);
            case FrameKind.CaughtUp when Read<CaughtUpFrame>(body, out _):
                caughtUp();
                return null;
            case FrameKind.Error when Read<ErrorFrame>(body, out var error):
                return OnError(error);
            case FrameKind.GoAway when Read<GoAwayFrame>(body, out var goAway):
                _goingAway = new SessionEnd(goAway.Code, TimeSpan.FromMilliseconds(goAway.ReconnectAfterMs), goAway.Detail);
                return null;
            case >= FrameKind.FirstIgnorable and <= FrameKind.LastIgnorable:
                return null;
            default:
                return SessionEnd.Local($"the server sent a frame of kind {connection.Header.Kind} that cannot be read here");
        }
    }

    private static bool Read<T>(ReadOnlyMemory<byte> body, out T frame)
        where T : struct, IFrame<T> => FrameCodec.Read(body, out frame) == ErrorCode.None;

    private SessionEnd? OnPong(in PongFrame pong)
    {
        TimeSpan pinged;
        lock (_lock)
        {
            // Not the answer to the last Ping: nothing follows from it.
            if (_pinged is not { } time || !pong.Echo.Span.SequenceEqual(_echo)) return null;
            pinged = time;
            _pinged = null;
        }

        return memory.OnPong(pong, pinged) ? null : SessionEnd.Local("what the server has pushed is not what came");
    }

    private SessionEnd? OnError(in ErrorFrame error)
    {
        var end = new SessionEnd(error.Code, TimeSpan.FromMilliseconds(error.RetryAfterMs), error.Detail);
        if (error.Code.EndsConnection()) return end;
        if (memory.OnSendError(error, connection.Header.Correlation)) return null;

        // If the server closes now, this is why.
        _lastError = end;
        return null;
    }

    /// <summary>Why the session has to end; null: the connection can no longer be written, or all is said.</summary>
    private async Task<SessionEnd?> WriteAsync(CancellationToken cancellation)
    {
        await using var timer = options.Time.CreateTimer(_ => memory.Writer.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var nextPing = memory.Now + (interval * (FirstPing + ((1 - FirstPing) * options.Chance())));
        try
        {
            while (!_isFinishing)
            {
                var now = memory.Now;
                if (IsSilent(now)) return SessionEnd.Local("the server does not answer");
                if (now >= nextPing)
                {
                    Ping(now);
                    nextPing = now + (interval * (NextPing + ((1 - NextPing) * options.Chance())));
                }

                var again = memory.Fill(_output, withSends: _goingAway is null);
                if (await FlushOutputAsync(cancellation)) continue;
                var wake = nextPing;
                if (again < wake) wake = again.Value;
                if (Deadline() is { } deadline && deadline < wake) wake = deadline;
                timer.Change(Positive(wake - memory.Now), Timeout.InfiniteTimeSpan);
                await memory.Writer.WaitAsync(cancellation);
            }

            Ping(memory.Now);
            do memory.Fill(_output, withSends: false);
            while (await FlushOutputAsync(cancellation));
            connection.EndWriting();
            return null;
        }
        catch (Exception broken) when (broken is SocketException or IOException && !memory.Fault.Task.IsCompleted)
        {
            // The reader meets the same end, after what the server has still said.
            return null;
        }
    }

    /// <summary>Whether there was anything to write.</summary>
    private async ValueTask<bool> FlushOutputAsync(CancellationToken cancellation)
    {
        if (_output.WrittenCount == 0) return false;
        await connection.WriteAsync(_output.WrittenMemory, cancellation);
        _output.ResetWrittenCount();
        return true;
    }

    private void Ping(TimeSpan now)
    {
        // An idle client lets the server forget its last answers.
        memory.Flush();
        lock (_lock)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_echo, ++_pings);
            _pinged = now;
        }

        memory.FillPing(_output, _echo);
    }

    private TimeSpan? Deadline()
    {
        lock (_lock) return _pinged + (interval < PongTimeout ? interval : PongTimeout);
    }

    private bool IsSilent(TimeSpan now) => Deadline() is { } deadline && now >= deadline;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);
}
