using ChatServer.Tests.Acceptance;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>The executable, and one call of its commit path that the kernel is made to refuse, once; the next would go well again.</summary>
internal sealed class InjectedErrorTests
{
    private const int StorageFailed = 70;

    /// <summary>The n-th call of one kind of a thread; the first ones may be those of a start, which is refused then.</summary>
    [TestCase("pwrite64", "EIO", 2)]
    [TestCase("pwrite64", "EIO", 7)]
    [TestCase("pwrite64", "EIO", 16)]
    [TestCase("pwrite64", "ENOSPC", 5)]
    [TestCase("pwrite64", "ENOSPC", 12)]
    [TestCase("fdatasync", "EIO", 3)]
    [TestCase("fdatasync", "EIO", 8)]
    [TestCase("fdatasync", "EIO", 13)]
    [TestCase("fdatasync", "ENOSPC", 6)]
    public void One_call_that_fails_ends_it_with_70_and_the_next_start_serves_what_was_acknowledged(string call, string error, int number)
    {
        string[] strace = [OutsideTool.Require("strace"), "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={number}"];
        using var path = new DataPath();
        var pair = new TalkingPair(0, inFlight: 1);
        using (var server = Start(path.Data))
        {
            pair.Register(server.EndPoint);
            // Each thread's calls are counted for itself, and laying out a segment takes many: there is to be none left to do.
            var ahead = Path.Combine(path.Data, "log", "00000001.segment");
            Assert.That(SpinWait.SpinUntil(() => File.Exists(ahead), ServerProcess.Patience), Is.True, "the next segment is not laid out");
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }

        using (var server = Start(path.Data, strace))
        {
            if (server.Ready() is { } endPoint) pair.Start(endPoint);
            Assert.That(server.WaitForExit(), Is.EqualTo(StorageFailed), server.Log);
            Assert.That(server.Log, Does.Contain(error == "EIO" ? "(error 5)" : "(error 28)").And.Contain(Path.Combine(path.Data, "log")));
            pair.AwaitEnd();
        }

        TestContext.Out.WriteLine($"{pair.Acknowledged} messages were acknowledged, {pair.Received} received before {call} number {number} failed");
        if (number >= 12) Assert.That(pair.Acknowledged, Is.Positive);
        using (var server = Start(path.Data))
        {
            pair.Drain(server.EndPoint);
            Assert.That(server.Stop(), Is.Zero, server.Log);
        }
    }

    private static ServerProcess Start(string data, string[]? under = null) => ServerProcess.Start(data, under, "--trust-source", "127.0.0.0/8");
}
