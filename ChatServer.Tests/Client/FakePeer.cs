using System.Net.Sockets;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>The server's end of one connection, in the hands of a test. Every wait has a limit, after which the test fails.</summary>
internal sealed class FakePeer(Socket socket) : IDisposable
{
    public static readonly byte[] History = [.. Enumerable.Repeat((byte)7, ProtocolLimits.HistoryBytes)];

    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly Dictionary<WireConversation, ulong> _pushed = [];
    private int _start;
    private int _end;

    public HelloFrame Hello { get; private set; }

    public PushedTotal Pushed { get; private set; }

    /// <summary>Of the frame that was read last.</summary>
    public uint Correlation { get; private set; }

    public async Task ReadHelloAsync()
    {
        await FillAsync(ProtocolLimits.PreambleBytes);
        Assert.That(Encoding.ASCII.GetString(_buffer, 0, 4), Is.EqualTo("CHAT"));
        _start = ProtocolLimits.PreambleBytes;
        Hello = await ExpectAsync<HelloFrame>();
    }

    public Task WelcomeAsync(ulong lastSendNumber = 0, byte[]? token = null, byte[]? history = null, int unsettledAnswers = 256) => WriteAsync(
        new WelcomeFrame
        {
            Version = 1,
            Server = "fake",
            Token = token ?? "token"u8.ToArray(),
            Limits = new SessionLimits { UndecidedSends = 64, UnsettledAnswers = unsettledAnswers, WindowMessages = 512, WindowBytes = 262_144 },
            KeepAlive = new KeepAlive { ForegroundSeconds = 60, BackgroundSeconds = 240 },
            LastSendNumber = lastSendNumber,
            History = history ?? History,
        },
        Correlation);

    public async Task WriteAsync<T>(T frame, uint correlation = 0)
        where T : struct, IFrame<T>
    {
        using var patience = new CancellationTokenSource(FakeServer.Patience);
        var bytes = RawClient.Encode(frame, correlation).AsMemory();
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, patience.Token)..];
    }

    /// <summary>The next frame, which is of this kind; pings in between are answered.</summary>
    public async Task<T> ExpectAsync<T>()
        where T : struct, IFrame<T>
    {
        while (true)
        {
            var (header, body) = await ReadAsync() ?? throw new AssertionException($"The connection ended where {T.Kind} was expected");
            if (header.Kind == T.Kind)
            {
                Assert.That(FrameCodec.Read(body, out T frame), Is.EqualTo(ErrorCode.None));
                return frame;
            }

            Assert.That(header.Kind, Is.EqualTo(FrameKind.Ping), $"where {T.Kind} was expected");
            await PongAsync(body);
        }
    }

    /// <summary>A Send with this number and text, or the test fails.</summary>
    public async Task<SendFrame> ExpectSendAsync(ulong number, string text)
    {
        var send = await ExpectAsync<SendFrame>();
        Assert.That((send.SendNumber, Encoding.UTF8.GetString(send.Payload.Span)), Is.EqualTo((number, text)));
        return send;
    }

    /// <summary>The send is accepted at a sequence; by default that of its number.</summary>
    public Task SentAsync(SendFrame send, ulong sequence = 0, uint? correlation = null) => WriteAsync(
        new SentFrame
        {
            SendNumber = send.SendNumber, Conversation = send.Conversation, Sequence = sequence == 0 ? send.SendNumber : sequence,
            ServerTime = 1_700_000_000_000, Durability = Durability.Disk,
        },
        correlation ?? Correlation);

    public Task RefuseAsync(ErrorCode code, ulong sendNumber = 0, ulong argument = 0, uint retryAfterMs = 0) => WriteAsync(
        new ErrorFrame { Code = code, SendNumber = sendNumber, Argument = argument, RetryAfterMs = retryAfterMs }, Correlation);

    /// <summary>Pushes a message; its previous is the last one that was pushed, or what is named.</summary>
    public Task PushAsync(string from, ulong sequence, string text, ulong? previous = null)
    {
        var conversation = WireConversation.Direct(UserId.Parse(from));
        previous ??= _pushed.GetValueOrDefault(conversation);
        _pushed[conversation] = sequence;
        Pushed = Pushed.With(conversation, sequence);
        return WriteAsync(new MessageFrame
        {
            Conversation = conversation, Sequence = sequence, Previous = previous.Value, Sender = UserId.Parse(from),
            SenderDevice = DeviceId.Parse("laptop"), SendNumber = sequence, ServerTime = 1_700_000_000_000, ContentKind = ContentKind.Message,
            Payload = Encoding.UTF8.GetBytes(text),
        });
    }

    public Task MarkAsync(ulong version, string with, ulong delivered, ulong read)
    {
        var user = UserId.Parse(with);
        var item = new MarkItem { Conversation = WireConversation.Direct(user), User = user, DeliveredUpTo = delivered, ReadUpTo = read };
        return WriteAsync(new MarksFrame { Version = version, Items = (ReadOnlyMemory<MarkItem>)new[] { item } });
    }

    public async Task PongAsync(byte[] ping, PushedTotal? pushed = null)
    {
        Assert.That(FrameCodec.Read(ping, out PingFrame frame), Is.EqualTo(ErrorCode.None));
        var total = pushed ?? Pushed;
        await WriteAsync(new PongFrame { Pushed = total.Pushed, Checksum = total.Checksum, Echo = frame.Echo }, Correlation);
    }

    /// <summary>The client has closed, whatever it still said.</summary>
    public async Task ExpectEndAsync()
    {
        while (await ReadAsync() is not null)
        {
            // A farewell.
        }
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<(FrameHeader Header, byte[] Body)?> ReadAsync()
    {
        if (!await FillAsync(ProtocolLimits.HeaderBytes)) return null;
        var header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (!await FillAsync(ProtocolLimits.HeaderBytes + header.Length)) return null;
        var body = _buffer.AsSpan(_start + ProtocolLimits.HeaderBytes, header.Length).ToArray();
        _start += ProtocolLimits.HeaderBytes + header.Length;
        Correlation = header.Correlation;
        return (header, body);
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> FillAsync(int length)
    {
        using var patience = new CancellationTokenSource(FakeServer.Patience);
        if (_start + length > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end - _start < length)
        {
            var count = 0;
            try
            {
                count = await socket.ReceiveAsync(_buffer.AsMemory(_end), patience.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // An end like any other.
            }

            if (count == 0) return false;
            _end += count;
        }

        return true;
    }
}
