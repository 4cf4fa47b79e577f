using NUnit.Framework;
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Behaviour;

/// <summary>
/// A client of bytes and frames, without any of the SDK's care: for tests of what a server does with whatever comes. Blocking, with
/// a limit on each wait, after which the test fails.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private uint _correlation;

    public RawClient(IPEndPoint endPoint, int receiveBufferBytes = 0)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds,
        };
        if (receiveBufferBytes > 0) _socket.ReceiveBufferSize = receiveBufferBytes;
        _socket.Connect(endPoint);
    }

    public byte[] Token { get; private set; } = [];

    public WelcomeFrame Welcome { get; private set; }

    public static byte[] PreambleBytes
    {
        get
        {
            var bytes = new byte[ProtocolLimits.PreambleBytes];
            Preamble.Write(bytes);
            return bytes;
        }
    }

    public static byte[] Encode<T>(in T frame, uint correlation = 1)
        where T : struct, IFrame<T>
    {
        var writer = new ArrayBufferWriter<byte>();
        FrameCodec.Write(writer, in frame, correlation);
        return writer.WrittenSpan.ToArray();
    }

    public static HelloFrame Hello(string user, string device, LoginMethod method, byte[] secret, ulong instance = 7, uint attempt = 1) => new()
    {
        User = UserId.Parse(user), Device = DeviceId.Parse(device), Method = method, Secret = secret, Instance = instance, Attempt = attempt,
    };

    public static RawClient Register(IPEndPoint endPoint, string user, string device = "phone", string password = "correct horse")
    {
        var client = new RawClient(endPoint);
        client.LogIn(Hello(user, device, LoginMethod.Register, Encoding.UTF8.GetBytes(password)));
        return client;
    }

    public static RawClient ByPassword(IPEndPoint endPoint, string user, string device, string password = "correct horse")
    {
        var client = new RawClient(endPoint);
        client.LogIn(Hello(user, device, LoginMethod.Password, Encoding.UTF8.GetBytes(password)));
        return client;
    }

    public static RawClient ByToken(IPEndPoint endPoint, string user, byte[] token, string device = "phone", uint attempt = 2)
    {
        var client = new RawClient(endPoint);
        client.LogIn(Hello(user, device, LoginMethod.DeviceToken, token, attempt: attempt));
        return client;
    }

    public void LogIn(in HelloFrame hello)
    {
        SendRaw(PreambleBytes);
        Send(hello);
        Welcome = Expect<WelcomeFrame>(out _);
        Token = Welcome.Token.ToArray();
    }

    /// <summary>As <see cref="LogIn"/>, but false when the connection ends before Welcome.</summary>
    public bool TryLogIn(in HelloFrame hello)
    {
        if (!TrySendRaw([.. PreambleBytes, .. Encode(in hello)]) || !TryExpect(out WelcomeFrame welcome)) return false;
        Welcome = welcome;
        Token = welcome.Token.ToArray();
        return true;
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>False when the other end does not take it any more.</summary>
    public bool TrySendRaw(byte[] bytes)
    {
        try
        {
            SendRaw(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public uint Send<T>(in T frame)
        where T : struct, IFrame<T>
    {
        var correlation = ++_correlation;
        SendRaw(Encode(in frame, correlation));
        return correlation;
    }

    public uint SendText(string to, ulong number, string text, ulong settled = 0) => Send(new SendFrame
    {
        Conversation = WireConversation.Direct(UserId.Parse(to)), SendNumber = number, Settled = settled, ContentKind = ContentKind.Message, Payload = Encoding.UTF8.GetBytes(text),
    });

    public void Acknowledge(string from, ulong delivered, ulong read = 0, ulong settled = 0, ulong marksVersion = 0) => Send(new ReceiptFrame
    {
        Items = (ReadOnlyMemory<ReceiptItem>)new[] { new ReceiptItem { Conversation = WireConversation.Direct(UserId.Parse(from)), DeliveredUpTo = delivered, ReadUpTo = read } },
        MarksVersion = marksVersion,
        Settled = settled,
    });

    /// <summary>The next frame of the kind; others before it fail, but for those that come by themselves.</summary>
    public T Expect<T>(out uint correlation)
        where T : struct, IFrame<T>
    {
        while (true)
        {
            var (header, body) = ReadFrame() ?? throw new AssertionException($"The connection ended where {T.Kind} was expected");
            if (header.Kind == T.Kind)
            {
                correlation = header.Correlation;
                Assert.That(FrameCodec.Read(body, out T frame), Is.EqualTo(ErrorCode.None));
                return frame;
            }

            if (header.Kind is FrameKind.CaughtUp or FrameKind.Marks) continue;
            var detail = header.Kind == FrameKind.Error && FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None ? error.ToString() : "";
            throw new AssertionException($"{header.Kind} {detail} came where {T.Kind} was expected");
        }
    }

    public T Expect<T>()
        where T : struct, IFrame<T> => Expect<T>(out _);

    /// <summary>The answer to a send: <see cref="ErrorCode.None"/> for Sent.</summary>
    public ErrorCode ExpectAnswer() => ExpectSentOrError()?.Code ?? ErrorCode.None;

    /// <summary>The answer to a send in full; null for Sent.</summary>
    public ErrorFrame? ExpectSentOrError()
    {
        while (ReadFrame() is { } read)
        {
            if (read.Header.Kind == FrameKind.Sent) return null;
            if (read.Header.Kind == FrameKind.Error && FrameCodec.Read(read.Body, out ErrorFrame error) == ErrorCode.None) return error;
        }

        throw new AssertionException("The connection ended where an answer was expected");
    }

    /// <summary>As <see cref="Expect{T}()"/>, but false when the connection ends instead.</summary>
    public bool TryExpect<T>(out T frame)
        where T : struct, IFrame<T>
    {
        while (ReadFrame() is { } read)
        {
            if (read.Header.Kind != T.Kind) continue;
            Assert.That(FrameCodec.Read(read.Body, out frame), Is.EqualTo(ErrorCode.None));
            return true;
        }

        frame = default;
        return false;
    }

    /// <summary>False when the connection has ended.</summary>
    public bool TrySendText(string to, ulong number, string text, ulong settled = 0)
    {
        try
        {
            SendText(to, number, text, settled);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public string ExpectText(string from, ulong sequence)
    {
        var message = Expect<MessageFrame>();
        Assert.That((message.Conversation.User.Value, message.Sequence), Is.EqualTo((from, sequence)));
        return Encoding.UTF8.GetString(message.Payload.Span);
    }

    /// <summary>An error with the code, then the end of the connection.</summary>
    public ErrorFrame ExpectEnd(ErrorCode code)
    {
        var error = Expect<ErrorFrame>();
        Assert.That(error.Code, Is.EqualTo(code));
        ExpectEnd();
        return error;
    }

    public void ExpectEnd()
    {
        while (ReadFrame() is { } frame)
        {
            Assert.That(frame.Header.Kind, Is.EqualTo(FrameKind.GoAway).Or.EqualTo(FrameKind.Error).Or.EqualTo(FrameKind.CaughtUp).Or.EqualTo(FrameKind.Marks));
        }
    }

    /// <summary>The refusal of a login, then the end.</summary>
    public static ErrorFrame Refused(IPEndPoint endPoint, in HelloFrame hello, ErrorCode code)
    {
        using var client = new RawClient(endPoint);
        client.SendRaw(PreambleBytes);
        client.Send(hello);
        return client.ExpectEnd(code);
    }

    /// <summary>The end of the connection, and nothing before it.</summary>
    public void ExpectSilentEnd() => Assert.That(ReadFrame()?.Header.Kind, Is.Null);

    /// <summary>The next frame, or null at the end.</summary>
    public (FrameHeader Header, byte[] Body)? ReadFrame()
    {
        while (true)
        {
            var waiting = _buffer.AsSpan(_start, _end - _start);
            if (waiting.Length >= ProtocolLimits.HeaderBytes)
            {
                var header = FrameHeader.Read(waiting);
                if (waiting.Length >= ProtocolLimits.HeaderBytes + header.Length)
                {
                    _start += ProtocolLimits.HeaderBytes + header.Length;
                    return (header, waiting.Slice(ProtocolLimits.HeaderBytes, header.Length).ToArray());
                }
            }

            waiting.CopyTo(_buffer);
            (_start, _end) = (0, waiting.Length);
            int read;
            try
            {
                read = _socket.Receive(_buffer.AsSpan(_end));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return null;
            }

            if (read == 0) return null;
            _end += read;
        }
    }

    /// <summary>Whether nothing comes, not even the end, for so long.</summary>
    public bool IsSilentFor(TimeSpan time) => _start == _end && !_socket.Poll(time, SelectMode.SelectRead);

    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
