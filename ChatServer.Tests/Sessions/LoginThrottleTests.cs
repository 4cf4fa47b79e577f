using System.Net;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Sessions;

internal sealed class LoginThrottleTests
{
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.7");
    private readonly LoginThrottle _throttle = new();

    [SetUp]
    public void Forget() => _throttle.Succeeded(Alice, Here);

    [Test]
    public void Five_failures_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour()
    {
        long now = 0;
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) Assert.That(Try(now), Is.Zero);
        var expected = 1_000;
        for (var i = 0; i < 20; i++)
        {
            Assert.That(Try(now), Is.EqualTo(expected));
            Assert.That(Try(now + expected - 1), Is.EqualTo(1));
            now += expected;
            Assert.That(Try(now), Is.Zero);
            expected = Math.Min(expected * 2, 15 * 60 * 1_000);
        }
    }

    [Test]
    public void Success_cleans_the_sheet()
    {
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) Try(0);
        Assert.That(Try(0), Is.Positive);
        _throttle.Succeeded(Alice, Here);
        Assert.That(Try(0), Is.Zero);
        Assert.That(_throttle.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_thousand_attempts_at_the_same_time_are_not_a_thousand_guesses() =>
        Assert.That(Enumerable.Range(0, 1_000).Count(_ => Try(0) == 0), Is.EqualTo(LoginThrottle.FreeFailures));

    [Test]
    public void An_attempt_that_was_not_judged_is_none()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.That(Try(0), Is.Zero);
            _throttle.Withdraw(Alice, Here);
        }

        Assert.That(_throttle.Count, Is.Zero);
    }

    [TestCase("192.0.2.7", "192.0.2.250", true)]
    [TestCase("192.0.2.7", "192.0.3.7", false)]
    [TestCase("192.0.2.7", "::ffff:192.0.2.9", true)]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [TestCase("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_network_is_slowed_and_no_other(string first, string second, bool same)
    {
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) _throttle.TryBegin(Alice, IPAddress.Parse(first), 0, out _);
        Assert.That(_throttle.TryBegin(Alice, IPAddress.Parse(second), 0, out _), Is.Not.EqualTo(same));
        _throttle.Succeeded(Alice, IPAddress.Parse(first));
        _throttle.Succeeded(Alice, IPAddress.Parse(second));
    }

    [Test]
    public void An_account_is_slowed_and_no_other()
    {
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) Try(0);
        Assert.That(_throttle.TryBegin(UserId.Parse("bob"), Here, 0, out _), Is.True);
        _throttle.Succeeded(UserId.Parse("bob"), Here);
    }

    [Test]
    public void Memory_is_bounded_and_the_oldest_goes_first()
    {
        var throttle = new LoginThrottle(capacity: 100);
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) throttle.TryBegin(Alice, Here, 0, out _);
        for (var i = 0; i < 99; i++) throttle.TryBegin(UserId.Parse($"user{i}"), Here, 0, out _);
        Assert.That(throttle.Count, Is.EqualTo(100));
        Assert.That(throttle.TryBegin(Alice, Here, 0, out _), Is.False);
        throttle.TryBegin(UserId.Parse("onemore"), Here, 0, out _);
        Assert.That(throttle.Count, Is.EqualTo(100));
        Assert.That(throttle.TryBegin(Alice, Here, 0, out _), Is.True);
    }

    [Test]
    public void What_is_old_is_forgotten()
    {
        var throttle = new LoginThrottle();
        for (var i = 0; i < 10; i++) throttle.TryBegin(UserId.Parse($"user{i}"), Here, 0, out _);
        for (var i = 0; i < 10; i++) throttle.TryBegin(Alice, Here, LoginThrottle.ForgetAfterMilliseconds, out _);
        Assert.That(throttle.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_clock_set_back_makes_nobody_wait_longer_than_told()
    {
        const long later = 1_000_000_000;
        for (var i = 0; i < LoginThrottle.FreeFailures; i++) Try(later);
        Assert.That(Try(0), Is.EqualTo(1_000));
        Assert.That(Try(999), Is.EqualTo(1));
        Assert.That(Try(1_000), Is.Zero);
    }

    private int Try(long nowMilliseconds)
    {
        var admitted = _throttle.TryBegin(Alice, Here, nowMilliseconds, out var retryAfterMilliseconds);
        Assert.That(admitted, Is.EqualTo(retryAfterMilliseconds == 0));
        return retryAfterMilliseconds;
    }
}
