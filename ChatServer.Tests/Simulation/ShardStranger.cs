using System.Net;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>Somebody who connects and does not speak the protocol, or not in its order. Gets an error, then the end, and nothing else.</summary>
internal sealed class ShardStranger
{
    private readonly SimulatedLink _link;
    private readonly ShardSession _session;

    public ShardStranger(ShardWorld world, SimulatedLink link, SimulationRandom random)
    {
        _link = link;
        _session = new ShardSession(0, link, random);
        Since = world.Time.Now;
        link.Down.Arrived = Read;
        switch (random.Next(5))
        {
            case 0: link.Up.Write("GET / HTTP/1.1\r\n\r\n"u8); break;
            case 1: link.Up.Write("CHAT"u8); break; // and never goes on
            case 2: link.Up.Write([.. "CHAT\u0001\u0001"u8, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 1]); break;
            case 3: link.Up.Write([.. "CHAT\u0001\u0001"u8, 0, 0, 1, (byte)FrameKind.Ping, 0, 0, 0, 1, 0x90]); break;
            default:
                var noise = new byte[random.Next(1, 40)];
                random.NextBytes(noise);
                link.Up.Write(noise);
                break;
        }
    }

    public static IPAddress Address { get; } = IPAddress.Parse("10.9.9.9");

    public long Since { get; }

    public bool IsGone => _link.IsServerGone || _link.Down.IsBroken;

    private void Read()
    {
        while (_session.TryRead(out var header, out var body))
        {
            // GoAway comes to everybody when the server stops.
            Assert.That(header.Kind, Is.EqualTo(FrameKind.Error).Or.EqualTo(FrameKind.GoAway), "P6: a stranger was told something");
            if (header.Kind == FrameKind.Error) Assert.That(FrameCodec.Read(body, out ErrorFrame _), Is.EqualTo(ErrorCode.None));
        }

        if (_link.Down.HasEnded) _link.CloseByClient(breaks: false);
    }
}
