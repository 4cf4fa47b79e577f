using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>The executable with few descriptors, and more who want one: those who are in are served, the log goes on, others wait.</summary>
internal sealed class DescriptorTests
{
    private const int Descriptors = 256;
    private const int Connects = 1_000;
    private const int SegmentBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(5);

    [Test]
    public void A_thousand_connections_for_256_descriptors_leave_the_others_served()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("this needs a shell that can bound descriptors");
        using var path = new DataPath();
        using var server = ServerProcess.Start(
            path.Data, [OutsideTool.Require("sh"), "-c", $"ulimit -n {Descriptors}; exec \"$@\"", "sh"],
            "--trust-source", "127.0.0.0/8", "--hello-timeout", "60", "--segment-bytes", $"{SegmentBytes}");
        var endPoint = server.EndPoint;
        using var alice = RawClient.Register(endPoint, "alice");
        using var bob = RawClient.Register(endPoint, "bob");
        var token = RawClient.Register(endPoint, "carol") is var carol ? carol.Token : [];
        carol.Dispose();

        var strangers = new List<Socket>();
        for (var i = 0; i < Connects; i++) strangers.Add(Connect(endPoint));
        Assert.That(server.HasEnded, Is.False, server.Log);
        var sent = Talk(alice, bob, 1, 20);
        Assert.That(SpinWait.SpinUntil(() => OpenDescriptors(server.Id) is var open && open == OpenDescriptors(server.Id) && open > Descriptors / 2, TimeSpan.FromSeconds(10)), Is.True);

        // Nobody comes in, and the log has to open and to lay out files while it is so.
        using var waiting = new RawClient(endPoint);
        Assert.That(waiting.TrySendRaw(RawClient.PreambleBytes), Is.True);
        sent = Talk(alice, bob, sent + 1, sent + (ulong)(3 * SegmentBytes / 2 / ProtocolLimits.PayloadBytes), ProtocolLimits.PayloadBytes);
        Assert.That(Directory.GetFiles(Path.Combine(path.Data, "log"), "*.segment"), Has.Length.GreaterThan(2));
        var spent = LeastSpentInASecond(server.Id, () => Assert.That(waiting.IsSilentFor(TimeSpan.FromSeconds(1)), Is.True));
        TestContext.Out.WriteLine($"{OpenDescriptors(server.Id)} of {Descriptors} descriptors open; {spent.TotalMilliseconds:0} ms of processor time in a second in which nobody is let in");
        Assert.That(spent, Is.LessThan(TimeSpan.FromSeconds(0.5)), "it turns in a circle");

        foreach (var socket in strangers) socket.Dispose();
        var released = Stopwatch.GetTimestamp();
        using (var back = RawClient.ByToken(endPoint, "carol", token)) Assert.That(back.Welcome.LastSendNumber, Is.Zero);
        TestContext.Out.WriteLine($"an honest client is in {Stopwatch.GetElapsedTime(released).TotalMilliseconds:0} ms after the others left");
        Assert.That(Stopwatch.GetElapsedTime(released), Is.LessThan(BackWithin));
        Talk(alice, bob, sent + 1, sent + 20);
        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    // What the messages left to do, compiling among it, may take a second or two; a circle never ends.
    private static TimeSpan LeastSpentInASecond(int process, Action second)
    {
        const int Seconds = 5;
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Seconds && least > TimeSpan.FromSeconds(0.1); i++)
        {
            var before = ProcessorTime(process);
            second();
            var spent = ProcessorTime(process) - before;
            if (spent < least) least = spent;
        }

        return least;
    }

    private static ulong Talk(RawClient alice, RawClient bob, ulong from, ulong to, int bytes = 10)
    {
        for (var number = from; number <= to; number++)
        {
            var text = $"message {number}".PadRight(bytes, '.');
            alice.SendText("bob", number, text, number - 1);
            alice.Expect<SentFrame>();
            Assert.That(bob.ExpectText("alice", number), Is.EqualTo(text));
            bob.Acknowledge("alice", number, number);
        }

        return to;
    }

    private static Socket Connect(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
        return socket;
    }

    private static int OpenDescriptors(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    private static TimeSpan ProcessorTime(int process)
    {
        using var found = Process.GetProcessById(process);
        return found.TotalProcessorTime;
    }
}
