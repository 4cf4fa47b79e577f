using NUnit.Framework;
using System.Net;
using ChatServer.Protocol.Frames;

namespace ChatServer.Tests.Behaviour;

/// <summary>Two clients that do everything right; whatever others do, they go on being served.</summary>
internal sealed class HonestPair(IPEndPoint endPoint) : IDisposable
{
    private readonly RawClient _from = RawClient.Register(endPoint, "honest.from");
    private readonly RawClient _to = RawClient.Register(endPoint, "honest.to");
    private ulong _sent;

    public void IsServed()
    {
        var number = ++_sent;
        _from.SendText("honest.to", number, $"message {number}", number - 1);
        Assert.That(_from.Expect<SentFrame>().Sequence, Is.EqualTo(number));
        Assert.That(_to.ExpectText("honest.from", number), Is.EqualTo($"message {number}"));
        _to.Acknowledge("honest.from", number, number);
    }

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }
}
