using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>The executable as an operator meets it: start, stop, kill, and the directory that stays.</summary>
internal sealed class ProcessTests
{
    [Test]
    public void What_was_sent_survives_a_kill_and_arrives_once()
    {
        using var path = new DataPath();
        byte[] aliceToken, bobToken;
        using (var server = ServerProcess.Start(path.Data))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using (var bob = RawClient.Register(server.EndPoint, "bob")) bobToken = bob.Token;
            for (ulong i = 1; i <= 20; i++) alice.SendText("bob", i, $"message {i}");
            for (ulong i = 1; i <= 20; i++) Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(i));
            aliceToken = alice.Token;
            server.Kill();
        }

        using (var server = ServerProcess.Start(path.Data))
        {
            using var alice = RawClient.ByToken(server.EndPoint, "alice", aliceToken);
            alice.SendText("bob", 20, "message 20");
            var repeated = alice.Expect<SentFrame>();
            Assert.That((repeated.Sequence, repeated.Duplicate), Is.EqualTo((20UL, true)));
            using var bob = RawClient.ByToken(server.EndPoint, "bob", bobToken);
            for (ulong i = 1; i <= 20; i++) Assert.That(bob.ExpectText("alice", i), Is.EqualTo($"message {i}"));
        }
    }

    [Test]
    public void A_stop_says_goodbye_and_ends_with_0()
    {
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data);
        using var alice = RawClient.Register(server.EndPoint, "alice");
        Assert.That(server.Stop(), Is.Zero, server.Log);
        Assert.That(alice.Expect<GoAwayFrame>().Code, Is.EqualTo(ErrorCode.GoingAway));
        alice.ExpectEnd();
    }

    [Test]
    public void A_directory_in_use_is_refused_in_one_line()
    {
        using var path = new DataPath();
        using var first = ServerProcess.Start(path.Data);
        Assert.That(first.EndPoint.Port, Is.Positive);
        using var second = ServerProcess.Start(path.Data);
        Assert.That((second.Ready(), second.WaitForExit()), Is.EqualTo(((System.Net.IPEndPoint?)null, 2)));
        Assert.That(second.Log, Does.Contain("in use by another chatserver"));
    }

    [Test]
    public void A_directory_whose_log_is_gone_is_refused()
    {
        using var path = new DataPath();
        using (var server = ServerProcess.Start(path.Data))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            server.Stop();
        }

        Directory.Delete(Path.Combine(path.Data, "log"), recursive: true);
        using var again = ServerProcess.Start(path.Data);
        Assert.That((again.Ready(), again.WaitForExit()), Is.EqualTo(((System.Net.IPEndPoint?)null, 2)), again.Log);
    }
}
