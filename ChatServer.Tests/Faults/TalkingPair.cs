using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// One user who writes to another as fast as answers come, over any number of lives of a server. Only one device writes and no send is
/// refused for good, so the n-th message has send number, sequence and text n: whatever is lost, doubled or reordered is seen at once.
/// </summary>
internal sealed class TalkingPair(int index, int inFlight = 16)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TalkingUser _from = new($"from{index}");
    private readonly TalkingUser _to = new($"to{index}");
    private readonly List<Thread> _threads = [];
    private Exception? _failure;
    private ulong _issued;
    private ulong _acknowledged;
    private ulong _received;
    private int _farewells;
    private volatile bool _isDraining;

    public ulong Acknowledged => Volatile.Read(ref _acknowledged);

    public ulong Received => Volatile.Read(ref _received);

    /// <summary>Connections of this pair that were told when the server stopped.</summary>
    public int Farewells => Volatile.Read(ref _farewells);

    public void Register(IPEndPoint endPoint)
    {
        _from.Register(endPoint);
        _to.Register(endPoint);
    }

    /// <summary>Both log in, and talk until the connection ends.</summary>
    public void Start(IPEndPoint endPoint)
    {
        Begin(() => Write(endPoint));
        Begin(() => Read(endPoint));
    }

    /// <summary>Both connections have ended.</summary>
    public void AwaitEnd()
    {
        foreach (var thread in _threads) Assert.That(thread.Join(Patience), Is.True, "a connection neither ends nor goes on");
        _threads.Clear();
        if (_failure is { } failure) throw new AssertionException($"A client saw what must not be: {failure.Message}", failure);
    }

    public void AwaitAcknowledged(ulong count)
    {
        if (!SpinWait.SpinUntil(() => Acknowledged >= count || _failure is not null, Patience)) Assert.Fail($"{Acknowledged} of {count} messages are acknowledged, and no more come");
    }

    /// <summary>Nothing new is sent; what has no answer is sent again, and everything that was acknowledged arrives.</summary>
    public void Drain(IPEndPoint endPoint)
    {
        _isDraining = true;
        Begin(() => Write(endPoint));
        AwaitEnd();
        Begin(() => Read(endPoint));
        AwaitEnd();
        Assert.That((_acknowledged, _received), Is.EqualTo((_issued, _issued)));
        _isDraining = false;
    }

    private void Begin(Action talk)
    {
        var thread = new Thread(() =>
        {
            try
            {
                talk();
            }
            catch (Exception e)
            {
                // Whatever it is, the test's own thread says it.
                Interlocked.CompareExchange(ref _failure, e, null);
            }
        }) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Write(IPEndPoint endPoint)
    {
        using var client = _from.TryLogIn(endPoint);
        if (client is null) return;
        Assert.That(client.Welcome.LastSendNumber, Is.InRange(_acknowledged, _issued), "the server forgot a number, or made one up");
        var next = _acknowledged + 1;
        while (true)
        {
            while (next <= _acknowledged + (ulong)inFlight && (next <= _issued || !_isDraining))
            {
                _issued = Math.Max(_issued, next);
                if (!client.TrySendText(_to.Name, next, Text(next), settled: _acknowledged)) break;
                next++;
            }

            if (_isDraining && _acknowledged == _issued) return;
            if (!Hear(client, out var frame)) return;
            if (frame.Header.Kind != FrameKind.Sent) continue;
            Assert.That(FrameCodec.Read(frame.Body, out SentFrame sent), Is.EqualTo(ErrorCode.None));
            Assert.That((sent.SendNumber, sent.Sequence), Is.EqualTo((_acknowledged + 1, _acknowledged + 1)), "an answer out of order");
            Volatile.Write(ref _acknowledged, sent.SendNumber);
        }
    }

    private void Read(IPEndPoint endPoint)
    {
        using var client = _to.TryLogIn(endPoint);
        if (client is null) return;
        ulong last = 0;
        while (!_isDraining || _received < _acknowledged)
        {
            if (!Hear(client, out var frame)) return;
            if (frame.Header.Kind != FrameKind.Message) continue;
            Assert.That(FrameCodec.Read(frame.Body, out MessageFrame message), Is.EqualTo(ErrorCode.None));
            var (sequence, text) = (message.Sequence, Encoding.UTF8.GetString(message.Payload.Span));
            if (last > 0) Assert.That(sequence, Is.EqualTo(last + 1), "a gap or a repeat within a session");
            Assert.That(sequence, Is.LessThanOrEqualTo(_received + 1), "a message is lost");
            Assert.That((message.Conversation.User.Value, message.SendNumber, text), Is.EqualTo((_from.Name, sequence, Text(sequence))), "not what was sent");
            last = sequence;
            Volatile.Write(ref _received, Math.Max(_received, sequence));
            TryAcknowledge(client, sequence);
        }
    }

    /// <summary>The next frame; false at the end of the connection. Anything but the end in order is a failure.</summary>
    private bool Hear(RawClient client, out (FrameHeader Header, byte[] Body) frame)
    {
        frame = default;
        if (client.ReadFrame() is not { } read) return false;
        frame = read;
        if (read.Header.Kind == FrameKind.GoAway && FrameCodec.Read(read.Body, out GoAwayFrame goodbye) == ErrorCode.None)
        {
            Assert.That(goodbye.Code, Is.EqualTo(ErrorCode.GoingAway));
            Assert.That(goodbye.ReconnectAfterMs, Is.Positive, "nobody was told when to come back");
            Interlocked.Increment(ref _farewells);
        }

        if (read.Header.Kind == FrameKind.Error && FrameCodec.Read(read.Body, out ErrorFrame error) == ErrorCode.None) throw new AssertionException($"{error}");
        return true;
    }

    private void TryAcknowledge(RawClient client, ulong sequence)
    {
        try
        {
            client.Acknowledge(_from.Name, sequence, sequence);
        }
        catch (SocketException)
        {
            // The server is gone; reading says so too.
        }
    }

    private string Text(ulong number) => $"{_from.Name} {number} ".PadRight((int)(20 + (number * 37 % 700)), '.');
}
