using System.Diagnostics;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>"Sent" means fsynced: shown on the real executable by delaying and failing its calls with strace.</summary>
internal sealed class DurabilityTests
{
    private const int StorageFailed = 70;

    [Test]
    public void Every_acknowledgement_waits_for_the_disk()
    {
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data, Strace("inject=fdatasync,pwrite64:delay_enter=200000"));
        using var alice = RawClient.Register(server.EndPoint, "alice");
        using var bob = RawClient.Register(server.EndPoint, "bob");
        for (ulong i = 1; i <= 10; i++)
        {
            var started = Stopwatch.GetTimestamp();
            alice.SendText("bob", i, "hello");
            alice.Expect<SentFrame>();
            Assert.That(Stopwatch.GetElapsedTime(started).TotalMilliseconds, Is.GreaterThanOrEqualTo(200), $"message {i}");
        }
    }

    /// <summary>The n-th sync of any thread fails, for each n from the first commits on.</summary>
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    [TestCase(8)]
    public void A_failed_sync_ends_the_server_and_nothing_is_acknowledged_by_it(int failing)
    {
        using var path = new DataPath();
        byte[] aliceToken, bobToken;
        using (var server = ServerProcess.Start(path.Data))
        {
            using var alice = RawClient.Register(server.EndPoint, "alice");
            using var bob = RawClient.Register(server.EndPoint, "bob");
            (aliceToken, bobToken) = (alice.Token, bob.Token);
            server.Stop();
        }

        ulong acknowledged = 0;
        using (var server = ServerProcess.Start(path.Data, Strace($"inject=fdatasync:error=EIO:when={failing}+")))
        {
            if (server.Ready() is { } endPoint) acknowledged = SendUntilCutOff(endPoint, ref aliceToken);
            Assert.That(server.WaitForExit(), Is.EqualTo(StorageFailed), server.Log);
            TestContext.Out.WriteLine($"{acknowledged} messages were acknowledged before sync {failing} failed");
            if (failing >= 5) Assert.That(acknowledged, Is.Positive);
        }

        using (var server = ServerProcess.Start(path.Data))
        {
            using var alice = RawClient.ByToken(server.EndPoint, "alice", aliceToken, attempt: 9);
            Assert.That(alice.Welcome.LastSendNumber, Is.GreaterThanOrEqualTo(acknowledged));
            using var bob = RawClient.ByToken(server.EndPoint, "bob", bobToken);
            for (ulong i = 1; i <= acknowledged; i++) Assert.That(bob.ExpectText("alice", i), Is.EqualTo($"message {i}"));
        }
    }

    // One at a time, so that each has a commit of its own; the first that is not answered is the one whose commit failed.
    private static ulong SendUntilCutOff(System.Net.IPEndPoint endPoint, ref byte[] token)
    {
        using var alice = new RawClient(endPoint);
        alice.SendRaw(RawClient.PreambleBytes);
        alice.Send(RawClient.Hello("alice", "phone", LoginMethod.DeviceToken, token, attempt: 2));
        if (!alice.TryExpect(out WelcomeFrame welcome)) return 0;
        token = welcome.Token.ToArray();
        for (ulong i = 1; ; i++)
        {
            if (!alice.TrySendText("bob", i, $"message {i}") || !alice.TryExpect(out SentFrame sent)) return i - 1;
            Assert.That(sent.SendNumber, Is.EqualTo(i));
        }
    }

    private static string[] Strace(string inject) => [OutsideTool.Require("strace"), "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,pwrite64", "-e", inject];
}
