using NUnit.Framework;

namespace ChatServer.Tests.Acceptance;

/// <summary>The main job: two people talk in two terminals, one goes away, the server is killed, and nothing is lost or doubled.</summary>
internal sealed class TwoTerminalsTests
{
    [Test]
    public void Two_people_talk_through_absence_and_a_killed_server()
    {
        using var path = new DataPath();
        var server = ServerProcess.Start(path.Data);
        var endPoint = server.EndPoint;
        using var alice = PlainChat.Start("alice", endPoint, path);
        alice.ExpectExactly("connected", "caught-up");
        using (var bob = PlainChat.Start("bob", endPoint, path))
        {
            bob.ExpectExactly("connected", "caught-up");
            alice.Type("send bob hello");
            bob.ExpectExactly("message alice 1 hello");
            bob.Type("read alice");
            alice.ExpectExactly("sent bob 1");
            alice.Expect("read bob 1");
            bob.Type("send alice hi there");
            bob.ExpectExactly("sent alice 2");
            alice.ExpectExactly("message bob 2 hi there");
            bob.Quit();
        }

        for (var i = 1; i <= 5; i++) alice.Type($"send bob while you were away {i}");
        for (var i = 1; i <= 5; i++) alice.Expect($"sent bob {i + 2}");
        server.Kill();
        server.Dispose();
        alice.Expect("offline");
        alice.Type("send bob while the server was away");

        using var again = ServerProcess.Start(path.Data, null, "--port", $"{endPoint.Port}");
        Assert.That(again.EndPoint.Port, Is.EqualTo(endPoint.Port));
        alice.Expect("sent bob 8");
        using (var bob = PlainChat.Start("bob", endPoint, path))
        {
            bob.Expect("connected");
            for (var i = 1; i <= 5; i++) Assert.That(bob.Expect("message"), Is.EqualTo($"message alice {i + 2} while you were away {i}"));
            Assert.That(bob.Expect("message"), Is.EqualTo("message alice 8 while the server was away"));
            bob.Expect("caught-up");
            bob.Type("read alice");
            alice.Expect("read bob 8");
            Assert.That(bob.Quit().Where(line => line.StartsWith("message", StringComparison.Ordinal)), Is.Empty);
        }

        alice.Quit();
    }

    [Test]
    public void The_end_of_a_pipe_waits_for_the_answers()
    {
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data);
        using (var bob = PlainChat.Start("bob", server.EndPoint, path))
        {
            bob.Expect("connected");
            bob.Quit();
        }

        using var alice = PlainChat.Start("alice", server.EndPoint, path);
        alice.Type("send bob first\\nsecond");
        alice.Close();
        alice.Expect("sent bob 1");
        using var again = PlainChat.Start("bob", server.EndPoint, path);
        Assert.That(again.Expect("message"), Is.EqualTo("message alice 1 first\\nsecond"));
        again.Quit();
    }
}
