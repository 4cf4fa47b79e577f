using ChatServer.Sessions;
using NUnit.Framework;

namespace ChatServer.Tests.Sessions;

internal sealed class TokenBucketTests
{
    [Test]
    public void The_burst_goes_at_once_and_then_the_rate_holds()
    {
        var bucket = new TokenBucket(perSecond: 20, burst: 60, nowMilliseconds: 0);
        for (var i = 0; i < 60; i++) Assert.That(bucket.TryTake(0), Is.True);
        Assert.That(bucket.TryTake(0), Is.False);
        Assert.That(bucket.RetryAfterMilliseconds(0), Is.EqualTo(50));
        Assert.That(bucket.TryTake(49), Is.False);
        Assert.That(bucket.TryTake(50), Is.True);
        Assert.That(bucket.TryTake(50), Is.False);
    }

    [Test]
    public void A_rate_below_one_a_millisecond_loses_nothing_to_rounding()
    {
        var bucket = new TokenBucket(perSecond: 3, burst: 1, nowMilliseconds: 0);
        var taken = 0;
        for (var now = 0; now < 100_000; now++)
            if (bucket.TryTake(now)) taken++;
        // The burst of one, then one every 334 ms: what waits at the cap between 333.3 and 334 is not kept.
        Assert.That(taken, Is.EqualTo(1 + (99_999 / 334)));
    }

    [Test]
    public void Waiting_as_long_as_told_is_always_enough()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 1_000; round++)
        {
            var burst = random.Next(1, 100);
            var bucket = new TokenBucket(random.Next(1, 5_000), burst, 0);
            long now = 0;
            for (var i = 0; i < 50; i++)
            {
                var count = random.Next(1, burst + 1);
                now += bucket.RetryAfterMilliseconds(now, count);
                Assert.That(bucket.TryTake(now, count), Is.True);
            }
        }
    }

    [Test]
    public void A_clock_set_back_neither_grants_nor_starves()
    {
        var bucket = new TokenBucket(perSecond: 10, burst: 1, nowMilliseconds: 1_000_000);
        Assert.That(bucket.TryTake(1_000_000), Is.True);
        Assert.That(bucket.TryTake(0), Is.False);
        Assert.That(bucket.TryTake(99), Is.False);
        Assert.That(bucket.TryTake(100), Is.True);
    }

    [Test]
    public void A_jump_of_the_clock_grants_one_burst_at_most()
    {
        var bucket = new TokenBucket(perSecond: int.MaxValue, burst: 5, nowMilliseconds: long.MinValue / 2);
        Assert.That(bucket.TryTake(long.MaxValue / 2, 5), Is.True);
        Assert.That(bucket.TryTake(long.MaxValue / 2), Is.False);
    }

    [Test]
    public void Several_are_taken_together_or_not_at_all()
    {
        var bucket = new TokenBucket(perSecond: 1, burst: 10, nowMilliseconds: 0);
        Assert.That(bucket.TryTake(0, 8), Is.True);
        Assert.That(bucket.TryTake(0, 3), Is.False);
        Assert.That(bucket.TryTake(0, 2), Is.True);
    }
}
