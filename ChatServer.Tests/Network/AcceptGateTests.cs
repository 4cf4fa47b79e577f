using System.Net;
using ChatServer.Network;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>Who is let in, by time that the test tells.</summary>
internal sealed class AcceptGateTests
{
    private static readonly IPAddress Near = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Far = IPAddress.Parse("192.0.2.1");

    [Test]
    public void The_rate_holds_after_the_burst()
    {
        var gate = new AcceptGate(new AcceptLimits { PerSecond = 10, Burst = 3, PerSecondPerAddress = 1_000 }, 1_000, 0);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(gate.WaitMilliseconds(0), Is.Zero);
            Assert.That(gate.TryEnter(Far, 0), Is.True);
        }

        var wait = gate.WaitMilliseconds(0);
        Assert.That(wait, Is.InRange(100, 101));
        Assert.That(gate.WaitMilliseconds(wait), Is.Zero);
    }

    [Test]
    public void An_address_has_its_rate_and_others_theirs()
    {
        var gate = new AcceptGate(new AcceptLimits { PerSecondPerAddress = 2 }, 1_000, 0);
        Assert.That(Enumerable.Range(0, 3).Select(_ => gate.TryEnter(Far, 0)), Is.EqualTo(new[] { true, true, false }));
        Assert.That(gate.TryEnter(Near, 0), Is.True);
        Assert.That(gate.TryEnter(Far, 500), Is.True, "half a second is one more");
    }

    [Test]
    public void Those_who_have_not_logged_in_are_counted_until_they_do_or_go()
    {
        var gate = new AcceptGate(new AcceptLimits { PerSecondPerAddress = 1_000, UnauthenticatedPerAddress = 2 }, 1_000, 0);
        Assert.That(Enumerable.Range(0, 3).Select(_ => gate.TryEnter(Far, 0)), Is.EqualTo(new[] { true, true, false }));
        gate.Authenticated(Far);
        Assert.That(gate.TryEnter(Far, 0), Is.True);
        gate.Closed(null);
        Assert.That(gate.TryEnter(Far, 0), Is.False, "it had been taken off when it logged in");
        gate.Closed(Far);
        Assert.That(gate.TryEnter(Far, 0), Is.True);
    }

    [Test]
    public void Trusted_sources_have_no_rate_of_their_own()
    {
        var trusted = new TrustedSources([IPNetwork.Parse("127.0.0.0/8")]);
        var gate = new AcceptGate(new AcceptLimits { PerSecondPerAddress = 1, UnauthenticatedPerAddress = 1, Trusted = trusted }, 1_000, 0);
        for (var i = 0; i < 100; i++) Assert.That(gate.TryEnter(Near.MapToIPv6(), 0), Is.True);
    }

    [Test]
    public void Descriptors_are_never_all_given_away()
    {
        var gate = new AcceptGate(new AcceptLimits { PerSecondPerAddress = 1_000 }, 2, 0);
        gate.TryEnter(Far, 0);
        gate.TryEnter(Far, 0);
        Assert.That(gate.WaitMilliseconds(10), Is.Positive);
        gate.Closed(Far);
        Assert.That(gate.WaitMilliseconds(20), Is.Zero);
    }
}
