using System.Diagnostics;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using NUnit.Framework;

namespace ChatServer.Tests.Behaviour;

/// <summary>What waits for longer than it is kept, at a server where little happens.</summary>
internal sealed class RetentionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void What_nobody_has_got_in_time_is_given_up_and_the_device_is_told()
    {
        using var shard = new ShardFixture(upkeep: new UpkeepOptions { Retention = TimeSpan.Zero, TidyInterval = TimeSpan.FromMilliseconds(20) });
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        byte[] token;
        using (var bob = RawClient.Register(shard.EndPoint, "bob")) token = bob.Token;
        alice.SendText("bob", 1, "too old by the time you are back");
        Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(1));
        var started = Stopwatch.GetTimestamp();
        while (shard.Shard.Account.Expired == 0) Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(Patience), $"{shard.Shard.Account}");
        using var again = RawClient.ByToken(shard.EndPoint, "bob", token);
        Assert.That(again.Welcome.Detached, Is.True);
        again.Expect<CaughtUpFrame>();
        Assert.That((shard.Shard.Account.Waiting, shard.Shard.Account.Unaccounted), Is.EqualTo((0L, 0L)));
    }
}
