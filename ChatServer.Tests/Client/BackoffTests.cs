using ChatServer.Protocol.Client;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

internal sealed class BackoffTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    [Test]
    public void The_wait_doubles_up_to_its_limit_and_begins_anew_after_a_session()
    {
        var backoff = new Backoff(Min, Max, () => 1);
        var waits = Enumerable.Range(0, 9).Select(_ => backoff.Next(TimeSpan.Zero).TotalMilliseconds);
        Assert.That(waits, Is.EqualTo(new double[] { 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000 }));
        backoff.Reset();
        Assert.That(backoff.Next(TimeSpan.Zero), Is.EqualTo(Min));
    }

    [Test]
    public void Half_of_the_wait_is_chance()
    {
        Assert.That(new Backoff(Min, Max, () => 0).Next(TimeSpan.Zero), Is.EqualTo(Min / 2));
        Assert.That(new Backoff(Min, Max, () => 0.5).Next(TimeSpan.Zero), Is.EqualTo(Min * 0.75));
    }

    [Test]
    public void The_server_is_never_met_before_it_wants_to_be()
    {
        var asked = TimeSpan.FromMinutes(2);
        Assert.That(new Backoff(Min, Max, () => 0).Next(asked), Is.EqualTo(asked));
        Assert.That(new Backoff(Min, Max, () => 1).Next(asked), Is.GreaterThan(asked).And.LessThan(asked * 1.2));
    }

    [Test]
    public void A_million_failures_do_not_overflow()
    {
        var backoff = new Backoff(Min, Max, () => 1);
        for (var i = 0; i < 1_000_000; i++) backoff.Next(TimeSpan.Zero);
        Assert.That(backoff.Next(TimeSpan.Zero), Is.EqualTo(Max));
    }
}
