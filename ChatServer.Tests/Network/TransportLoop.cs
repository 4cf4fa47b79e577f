using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>Polls a transport on the test's thread, as a loop does, and notes what came.</summary>
internal sealed class TransportLoop : IFrameSink, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ITransport _transport;
    private readonly PollEvent[] _events = new PollEvent[64];
    private readonly IPEndPoint _endPoint;
    private Connection? _connection;
    private int _accepted;

    public TransportLoop(ITransport transport)
    {
        _transport = transport;
        _endPoint = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0), new AcceptLimits { Trusted = new TrustedSources([IPNetwork.Parse("127.0.0.0/8")]) });
    }

    /// <summary>The one that was accepted last.</summary>
    public Connection Connection => _connection ?? throw new InvalidOperationException("Nobody has connected");

    public List<string> Frames { get; } = [];

    public List<ErrorCode> Errors { get; } = [];

    public int Closed { get; private set; }

    public Socket Connect()
    {
        var before = _accepted;
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds };
        client.Connect(_endPoint);
        Until(() => _accepted > before);
        return client;
    }

    public static byte[] Frame(uint id, int length)
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes + length];
        new FrameHeader(length, FrameKind.Send, id).Write(bytes);
        return bytes;
    }

    /// <summary>The connection goes on in another loop, paused on the way as sessions have it: what was announced here is for nobody.</summary>
    public void MoveTo(TransportLoop other)
    {
        Connection.PauseReading();
        _transport.Detach(Connection);
        other._transport.Attach(other._connection = Connection);
        Connection.ResumeReading();
    }

    public void Until(Func<bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) Assert.Fail("it did not come about");
            Turn();
        }
    }

    public void Turn()
    {
        var count = _transport.Poll(_events, TimeSpan.FromMilliseconds(1));
        foreach (var pollEvent in _events.AsSpan(0, count))
        {
            switch (pollEvent.Kind)
            {
                case PollEventKind.Accepted:
                    _connection = pollEvent.Connection;
                    _accepted++;
                    break;
                case PollEventKind.Readable:
                    pollEvent.Connection.Receive(this);
                    break;
                case PollEventKind.Closed:
                    Closed++;
                    break;
                case PollEventKind.Writable:
                default:
                    pollEvent.Connection.Flush();
                    break;
            }
        }
    }

    public bool OnFrame(Connection connection, FrameHeader header, ReadOnlyMemory<byte> body, out bool wasTaken)
    {
        wasTaken = true;
        Frames.Add($"{header.Correlation}:{body.Length}");
        return true;
    }

    public void OnProtocolError(Connection connection, ErrorCode code, ulong argument) => Errors.Add(code);

    public void Dispose() => _transport.Dispose();
}
