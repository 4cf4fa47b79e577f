using System.Diagnostics;
using System.Net;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>The executable stopped, paused and killed while people talk.</summary>
internal sealed class SignalTests
{
    private const int Pairs = 4;
    private const ulong MessagesPerRound = 200;
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);

    [Test]
    public void Told_to_stop_again_and_again_it_ends_with_0_tells_everybody_and_loses_nothing()
    {
        var rounds = FaultCounts.Of("FAULT_STOPS", 5);
        var longest = TimeSpan.Zero;
        var farewells = 0;
        var acknowledged = Talk(rounds, (server, pairs) =>
        {
            var started = Stopwatch.GetTimestamp();
            Assert.That(server.Stop(), Is.Zero, server.Log);
            var time = Stopwatch.GetElapsedTime(started);
            Assert.That(time, Is.LessThan(StopsWithin));
            if (time > longest) longest = time;
            foreach (var pair in pairs) pair.AwaitEnd();
            farewells += 2 * Pairs;
            Assert.That(pairs.Sum(pair => pair.Farewells), Is.EqualTo(farewells), "somebody was not told");
        });
        TestContext.Out.WriteLine($"{rounds} stops under load, {acknowledged} messages acknowledged, longest stop {longest.TotalMilliseconds:0} ms");
    }

    [Test]
    public void Killed_again_and_again_it_loses_nothing()
    {
        var rounds = FaultCounts.Of("FAULT_KILLS", 5);
        var acknowledged = Talk(rounds, (server, pairs) =>
        {
            server.Kill();
            foreach (var pair in pairs) pair.AwaitEnd();
        });
        TestContext.Out.WriteLine($"{rounds} kills under load, {acknowledged} messages acknowledged");
    }

    [Test]
    public void Paused_it_answers_nobody_and_afterwards_everybody()
    {
        using var path = new DataPath();
        using var server = Start(path.Data);
        var pairs = Registered(server.EndPoint);
        using var idle = RawClient.Register(server.EndPoint, "idle");
        idle.Expect<CaughtUpFrame>();
        foreach (var pair in pairs) pair.Start(server.EndPoint);
        foreach (var pair in pairs) pair.AwaitAcknowledged(MessagesPerRound);

        server.Signal("STOP");
        idle.Send(new PingFrame());
        Assert.That(idle.IsSilentFor(TimeSpan.FromSeconds(2)), Is.True, "a paused server answers");
        using var newcomer = new RawClient(server.EndPoint);
        newcomer.SendRaw(RawClient.PreambleBytes);
        newcomer.Send(RawClient.Hello("newcomer", "phone", LoginMethod.Register, "correct horse"u8.ToArray()));
        Assert.That(newcomer.IsSilentFor(TimeSpan.FromMilliseconds(200)), Is.True, "a paused server lets somebody in");
        var during = pairs.Select(pair => pair.Acknowledged).ToArray();

        server.Signal("CONT");
        idle.Expect<PongFrame>();
        newcomer.Expect<WelcomeFrame>();
        foreach (var (pair, before) in pairs.Zip(during)) pair.AwaitAcknowledged(before + MessagesPerRound);
        Assert.That(server.Stop(), Is.Zero, server.Log);
        foreach (var pair in pairs) pair.AwaitEnd();
        Drain(path.Data, pairs);
    }

    private static ulong Talk(int rounds, Action<ServerProcess, TalkingPair[]> end)
    {
        using var path = new DataPath();
        TalkingPair[] pairs = [];
        for (var round = 0; round < rounds; round++)
        {
            using var server = Start(path.Data);
            if (round == 0) pairs = Registered(server.EndPoint);
            var before = pairs.Select(pair => pair.Acknowledged).ToArray();
            foreach (var pair in pairs) pair.Start(server.EndPoint);
            foreach (var (pair, count) in pairs.Zip(before)) pair.AwaitAcknowledged(count + MessagesPerRound);
            end(server, pairs);
        }

        Drain(path.Data, pairs);
        return pairs.Aggregate(0UL, (sum, pair) => sum + pair.Acknowledged);
    }

    private static void Drain(string data, TalkingPair[] pairs)
    {
        using var server = Start(data);
        foreach (var pair in pairs) pair.Drain(server.EndPoint);
        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    private static TalkingPair[] Registered(IPEndPoint endPoint)
    {
        var pairs = Enumerable.Range(0, Pairs).Select(i => new TalkingPair(i)).ToArray();
        foreach (var pair in pairs) pair.Register(endPoint);
        return pairs;
    }

    private static ServerProcess Start(string data) => ServerProcess.Start(data, null, "--trust-source", "127.0.0.0/8");
}
