using System.Diagnostics;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>Clocks that are set while the server runs, or were set while it did not.</summary>
internal sealed class ClockTests
{
    private const ulong DayMilliseconds = 24 * 60 * 60 * 1_000;
    private const ulong HourMilliseconds = 60 * 60 * 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [TestCase("+1d")]
    [TestCase("-3600s")]
    public void A_clock_that_jumps_ends_no_session_and_stops_no_timer(string offset)
    {
        using var path = new DataPath();
        using var clock = new FakeClock();
        using var server = ServerProcess.Start(path.Data, clock.Under, "--hello-timeout", "1", "--messages-burst", "3", "--messages-per-second", "20");
        using var alice = RawClient.Register(server.EndPoint, "alice");
        using var bob = RawClient.Register(server.EndPoint, "bob");
        var before = alice.Welcome.ServerTime;
        ulong number = 0;
        var times = new List<ulong>();
        for (var i = 0; i < 3; i++) times.Add(Deliver(alice, bob, ++number));
        clock.Jump(offset);

        // The rate goes on as if nothing had happened: three at once were sent, more come twenty a second.
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 6; i++) times.Add(Deliver(alice, bob, ++number));
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(times, Is.Ordered, "the time of messages goes back");

        // The sweep of silent connections has run since the jump: it found the one that never said Hello, and nobody else.
        using (var silent = new RawClient(server.EndPoint)) silent.ExpectEnd(ErrorCode.HelloTimeout);
        var pong = TimeOf(alice);
        if (offset == "+1d") Assert.That(pong, Is.GreaterThan(before + DayMilliseconds - HourMilliseconds), "the clock did not jump");
        else Assert.That(pong, Is.LessThan(before - (HourMilliseconds / 2)), "the clock did not jump");
        times.Add(Deliver(alice, bob, ++number));
        using var again = RawClient.ByToken(server.EndPoint, "alice", alice.Token);
        Assert.That(again.Welcome.LastSendNumber, Is.EqualTo(number));
        using var newcomer = RawClient.Register(server.EndPoint, "carol");
        using var secondDevice = RawClient.ByPassword(server.EndPoint, "bob", "tablet");
        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    [TestCase("+1d")]
    [TestCase("-3600s")]
    public void A_clock_that_was_set_while_the_server_was_down_changes_nothing_that_was_promised(string offset)
    {
        using var path = new DataPath();
        using var clock = new FakeClock();
        byte[] aliceToken, bobToken;
        ulong time = 0;
        using (var server = ServerProcess.Start(path.Data, clock.Under))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using (var bob = RawClient.Register(server.EndPoint, "bob")) bobToken = bob.Token;
            for (ulong i = 1; i <= 5; i++)
            {
                alice.SendText("bob", i, $"message {i}");
                time = alice.Expect<SentFrame>().ServerTime;
            }

            aliceToken = alice.Token;
            server.Kill();
        }

        clock.Jump(offset);
        using (var server = ServerProcess.Start(path.Data, clock.Under))
        {
            using var alice = RawClient.ByToken(server.EndPoint, "alice", aliceToken);
            using var bob = RawClient.ByToken(server.EndPoint, "bob", bobToken);
            for (ulong i = 1; i <= 5; i++) Assert.That(bob.ExpectText("alice", i), Is.EqualTo($"message {i}"));
            bob.Acknowledge("alice", 5, 5);
            Assert.That(alice.TryExpect(out MarksFrame _), Is.True);
            Assert.That(Deliver(alice, bob, 6, acknowledges: false), Is.GreaterThanOrEqualTo(time), "the time of messages goes back");
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }
    }

    /// <summary>Sends, again while the rate says so, until it has arrived and was marked read; the time that it was given.</summary>
    private static ulong Deliver(RawClient alice, RawClient bob, ulong number, bool acknowledges = true)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(Patience), "the rate gives nothing any more");
            alice.SendText("bob", number, $"message {number}", number - 1);
            if (alice.ExpectSentOrError() is not { } refusal) break;
            Assert.That(refusal.Code, Is.EqualTo(ErrorCode.RateLimited));
            Assert.That(refusal.RetryAfterMs, Is.LessThanOrEqualTo(1_000));
        }

        var message = bob.Expect<MessageFrame>();
        Assert.That((message.Sequence, message.SendNumber), Is.EqualTo((number, number)));
        if (!acknowledges) return message.ServerTime;
        bob.Acknowledge("alice", number, number);
        while (true)
        {
            Assert.That(alice.TryExpect(out MarksFrame marks), Is.True);
            foreach (var mark in marks.Items)
            {
                if (mark.ReadUpTo == number) return message.ServerTime;
            }
        }
    }

    private static ulong TimeOf(RawClient client)
    {
        client.Send(new PingFrame());
        return client.Expect<PongFrame>().ServerTime;
    }
}
