using NUnit.Framework;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;

namespace ChatServer.Tests.Behaviour;

/// <summary>Rates, silence, full outboxes and readers that do not read.</summary>
internal sealed class LimitTests
{
    [Test]
    public void Messages_beyond_the_rate_are_refused_for_now_and_lose_nothing()
    {
        using var shard = new ShardFixture(limits: new CoreLimits { MessagesBurst = 3, MessagesPerSecond = 20 }, trustsLoopback: false);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        using var bob = RawClient.Register(shard.EndPoint, "bob");
        for (ulong number = 1; number <= 3; number++)
        {
            alice.SendText("bob", number, "hello");
            alice.Expect<SentFrame>();
        }

        alice.SendText("bob", 4, "one too many");
        var refused = alice.Expect<ErrorFrame>();
        Assert.That((refused.Code, refused.SendNumber), Is.EqualTo((ErrorCode.RateLimited, 4UL)));
        Assert.That(refused.RetryAfterMs, Is.InRange(1, 1_000));

        // The same number again until the bucket has filled: each refusal consumes nothing.
        var answer = ErrorCode.RateLimited;
        while (answer == ErrorCode.RateLimited)
        {
            alice.SendText("bob", 4, "one too many");
            answer = alice.ExpectAnswer();
        }

        Assert.That(answer, Is.EqualTo(ErrorCode.None));

        for (ulong sequence = 1; sequence <= 4; sequence++) bob.ExpectText("alice", sequence);
    }

    [Test]
    public void A_flood_of_pings_ends_the_session()
    {
        using var shard = new ShardFixture(trustsLoopback: false);
        using var honest = new HonestPair(shard.EndPoint);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        var pings = string.Concat(Enumerable.Repeat("x", 5_000)).SelectMany(_ => RawClient.Encode(new PingFrame())).ToArray();
        alice.TrySendRaw(pings);
        Assert.That(alice.TryExpect<ErrorFrame>(out var error), Is.True);
        Assert.That(error.Code, Is.EqualTo(ErrorCode.RateLimited));
        Assert.That(error.RetryAfterMs, Is.Positive);
        honest.IsServed();
    }

    [Test]
    public void A_ping_carries_at_most_sixteen_bytes()
    {
        using var shard = new ShardFixture();
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        alice.Send(new PingFrame { Echo = new byte[ProtocolLimits.EchoBytes] });
        Assert.That(alice.Expect<PongFrame>().Echo.Length, Is.EqualTo(ProtocolLimits.EchoBytes));
        alice.Send(new PingFrame { Echo = new byte[ProtocolLimits.EchoBytes + 1] });
        alice.ExpectEnd(ErrorCode.Limit);
    }

    [Test]
    public void A_connection_that_says_nothing_is_closed()
    {
        using var shard = new ShardFixture(change: settings => settings with { HelloTimeout = TimeSpan.FromMilliseconds(200) });
        using var silent = new RawClient(shard.EndPoint);
        using var half = new RawClient(shard.EndPoint);
        half.SendRaw(RawClient.PreambleBytes);
        silent.ExpectEnd(ErrorCode.HelloTimeout);
        half.ExpectEnd(ErrorCode.HelloTimeout);
    }

    [Test]
    public void A_session_that_falls_silent_is_closed()
    {
        using var shard = new ShardFixture(change: settings => settings with { KeepAlive = new KeepAlive { ForegroundSeconds = 1, BackgroundSeconds = 60 }, KeepAliveTolerance = 0.3 });
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        alice.ExpectEnd(ErrorCode.Idle);
    }

    [Test]
    public void A_full_outbox_refuses_and_drops_nothing()
    {
        const ulong Most = 20;
        using var shard = new ShardFixture(limits: new CoreLimits { OutboxEntries = (int)Most });
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        var away = RawClient.Register(shard.EndPoint, "bob");
        away.Dispose();
        ulong number = 0, stored = 0;
        var refusal = ErrorCode.None;
        while (refusal == ErrorCode.None)
        {
            alice.SendText("bob", ++number, $"message {number}", number - 1);
            refusal = alice.ExpectAnswer();
            if (refusal == ErrorCode.None) stored++;
        }

        Assert.That((refusal, stored), Is.EqualTo((ErrorCode.Quota, Most)).Or.EqualTo((ErrorCode.Quota, Most + 1)), "one may be under way between two homes");
        using var bob = RawClient.ByToken(shard.EndPoint, "bob", away.Token);
        for (ulong sequence = 1; sequence <= stored; sequence++) Assert.That(bob.ExpectText("alice", sequence), Is.EqualTo($"message {sequence}"));
        bob.Acknowledge("alice", stored);
        Assert.That(alice.TryExpect<MarksFrame>(out _), Is.True);
        for (var taken = false; !taken;)
        {
            alice.SendText("bob", ++number, "there is room again", number - 1);
            taken = alice.ExpectAnswer() == ErrorCode.None; // the other home hears of the room a moment later
        }

        Assert.That(bob.ExpectText("alice", stored + 1), Is.EqualTo("there is room again"));
    }

    [Test]
    public void A_client_that_does_not_read_is_closed_and_gets_everything_later()
    {
        const ulong Messages = 12;
        using var shard = new ShardFixture(loop: new LoopOptions { StallTimeout = TimeSpan.FromMilliseconds(500) });
        using var honest = new HonestPair(shard.EndPoint);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        using var slow = new RawClient(shard.EndPoint, receiveBufferBytes: 4_096);
        slow.LogIn(RawClient.Hello("bob", "phone", LoginMethod.Register, "correct horse"u8.ToArray()));
        for (ulong number = 1; number <= Messages; number++)
        {
            alice.SendText("bob", number, new string((char)('a' + number), ProtocolLimits.PayloadBytes), number - 1);
            alice.Expect<SentFrame>();
        }

        // It asks and asks and never listens, until the server has enough of it.
        var pings = Enumerable.Range(0, 1_000).SelectMany(_ => RawClient.Encode(new PingFrame { Echo = new byte[ProtocolLimits.EchoBytes] })).ToArray();
        var rounds = 0;
        while (rounds++ < 2_000 && slow.TrySendRaw(pings)) honest.IsServed();
        Assert.That(rounds, Is.LessThan(2_000), "it was not closed");

        using var bob = RawClient.ByToken(shard.EndPoint, "bob", slow.Token);
        for (ulong sequence = 1; sequence <= Messages; sequence++)
        {
            Assert.That(bob.ExpectText("alice", sequence), Is.EqualTo(new string((char)('a' + sequence), ProtocolLimits.PayloadBytes)));
            bob.Acknowledge("alice", sequence);
        }
    }

    [Test]
    public void Many_senders_to_one_recipient_are_bounded_and_told()
    {
        const int Senders = 20;
        const ulong Each = 200;
        const int Most = 500;
        using var shard = new ShardFixture(limits: new CoreLimits { OutboxEntries = Most });
        using var honest = new HonestPair(shard.EndPoint);
        RawClient.Register(shard.EndPoint, "popular").Dispose();
        var stored = 0;
        Parallel.For(0, Senders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var sender = RawClient.Register(shard.EndPoint, $"sender{i}");
            for (ulong number = 1; number <= Each; number++)
            {
                sender.SendText("popular", number, "hello", number - 1);
                var answer = sender.ExpectAnswer();
                if (answer == ErrorCode.None) Interlocked.Increment(ref stored);
                else Assert.That(answer, Is.EqualTo(ErrorCode.Quota));
            }
        });
        Assert.That(stored, Is.InRange(Most, Most + (Senders * ProtocolLimits.UndecidedSends)));
        honest.IsServed();
    }
}
