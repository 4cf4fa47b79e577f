using NUnit.Framework;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Behaviour;

/// <summary>Two people, real sockets, a log in memory: what a message does on its way, on one loop and on three.</summary>
[TestFixture(1)]
[TestFixture(3)]
internal sealed class MessagingTests(int loops)
{
    [Test]
    public void A_message_is_sent_delivered_and_read()
    {
        using var shard = new ShardFixture(loops);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        using var bob = RawClient.Register(shard.EndPoint, "bob");

        var correlation = alice.SendText("bob", 1, "hello");
        var sent = alice.Expect<SentFrame>(out var answered);
        Assert.That((sent.SendNumber, sent.Sequence, sent.Duplicate, answered), Is.EqualTo((1UL, 1UL, false, correlation)));
        Assert.That(bob.ExpectText("alice", 1), Is.EqualTo("hello"));

        bob.Acknowledge("alice", 1, 1);
        var marks = ExpectMarks(alice);
        Assert.That((marks.User.Value, marks.DeliveredUpTo, marks.ReadUpTo), Is.EqualTo(("bob", 1UL, 1UL)));
    }

    [Test]
    public void What_waits_is_delivered_after_login_in_order()
    {
        using var shard = new ShardFixture(loops);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        using var first = RawClient.Register(shard.EndPoint, "bob");
        first.Dispose();
        for (ulong i = 1; i <= 50; i++) alice.SendText("bob", i, $"message {i}", i - 1);
        for (ulong i = 1; i <= 50; i++) Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(i));

        using var bob = RawClient.ByToken(shard.EndPoint, "bob", first.Token);
        for (ulong i = 1; i <= 50; i++) Assert.That(bob.ExpectText("alice", i), Is.EqualTo($"message {i}"));
        bob.Acknowledge("alice", 50);
        Assert.That(ExpectMarks(alice).DeliveredUpTo, Is.EqualTo(50));
    }

    [Test]
    public void A_restart_keeps_accounts_messages_and_answers()
    {
        using var shard = new ShardFixture(loops);
        var alice = RawClient.Register(shard.EndPoint, "alice");
        var bob = RawClient.Register(shard.EndPoint, "bob");
        alice.SendText("bob", 1, "before");
        alice.Expect<SentFrame>();

        shard.Crash();
        var aliceToken = alice.Token;
        var bobToken = bob.Token;
        alice.Dispose();
        bob.Dispose();
        using var aliceAgain = RawClient.ByToken(shard.EndPoint, "alice", aliceToken);
        Assert.That(aliceAgain.Welcome.LastSendNumber, Is.EqualTo(1));
        aliceAgain.SendText("bob", 1, "before");
        var repeated = aliceAgain.Expect<SentFrame>();
        Assert.That((repeated.Sequence, repeated.Duplicate), Is.EqualTo((1UL, true)));
        aliceAgain.SendText("bob", 2, "after");
        Assert.That(aliceAgain.Expect<SentFrame>().Sequence, Is.EqualTo(2));
        using var bobAgain = RawClient.ByToken(shard.EndPoint, "bob", bobToken);
        Assert.That(bobAgain.ExpectText("alice", 1), Is.EqualTo("before"));
        Assert.That(bobAgain.ExpectText("alice", 2), Is.EqualTo("after"));
    }

    [Test]
    public void An_unknown_recipient_is_refused_and_the_number_is_consumed()
    {
        using var shard = new ShardFixture(loops);
        using var alice = RawClient.Register(shard.EndPoint, "alice");
        alice.SendText("nobody", 1, "hello?");
        var refused = alice.Expect<ErrorFrame>();
        Assert.That((refused.Code, refused.SendNumber), Is.EqualTo((ErrorCode.UnknownRecipient, 1UL)));
        alice.SendText("nobody", 1, "hello?");
        Assert.That(alice.Expect<ErrorFrame>().Code, Is.EqualTo(ErrorCode.UnknownRecipient));
        alice.SendText("alice", 2, "note to self");
        Assert.That(alice.Expect<ErrorFrame>().Code, Is.EqualTo(ErrorCode.OwnConversation));
    }

    [Test]
    public void A_second_login_of_the_device_takes_over()
    {
        using var shard = new ShardFixture(loops);
        using var first = RawClient.Register(shard.EndPoint, "alice");
        using var second = RawClient.ByToken(shard.EndPoint, "alice", first.Token);
        Assert.That(first.Expect<GoAwayFrame>().Code, Is.EqualTo(ErrorCode.TakenOver));
        first.ExpectEnd();
        second.Send(new PingFrame());
        second.Expect<PongFrame>();
    }

    [Test]
    public void Many_pairs_at_once_lose_nothing()
    {
        const int Pairs = 8;
        const ulong Messages = 300;
        using var shard = new ShardFixture(loops);
        var clients = Enumerable.Range(0, 2 * Pairs).Select(i => RawClient.Register(shard.EndPoint, $"user{i}")).ToArray();
        Parallel.For(0, 2 * Pairs, new ParallelOptions { MaxDegreeOfParallelism = 2 * Pairs }, i =>
        {
            var peer = $"user{i ^ 1}";
            var client = clients[i];
            ulong sent = 0, answered = 0, received = 0, lastSequence = 0;
            while (answered < Messages || received < Messages)
            {
                while (sent < Messages && sent - answered < 16) client.SendText(peer, ++sent, $"{i}:{sent}", answered);
                var (header, body) = client.ReadFrame() ?? throw new AssertionException("cut off");
                if (header.Kind == FrameKind.Sent) answered++;
                if (header.Kind == FrameKind.Error) throw new AssertionException(FrameCodec.Read(body, out ErrorFrame error) + error.ToString());
                if (header.Kind != FrameKind.Message) continue;
                Assert.That(FrameCodec.Read(body, out MessageFrame message), Is.EqualTo(ErrorCode.None));
                received++;
                Assert.That(message.SendNumber, Is.EqualTo(received));
                Assert.That(message.Sequence, Is.GreaterThan(lastSequence));
                lastSequence = message.Sequence;
                if (received % 50 == 0 || received == Messages) client.Acknowledge(peer, message.Sequence);
            }
        });
        foreach (var client in clients) client.Dispose();
    }

    private static MarkItem ExpectMarks(RawClient client)
    {
        while (true)
        {
            var (header, body) = client.ReadFrame() ?? throw new AssertionException("The connection ended where marks were expected");
            if (header.Kind != FrameKind.Marks) continue;
            Assert.That(FrameCodec.Read(body, out MarksFrame marks), Is.EqualTo(ErrorCode.None));
            foreach (var item in marks.Items) return item;
        }
    }
}
