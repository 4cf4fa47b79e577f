using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Acceptance;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>The executable in 256 MiB, with readers who do not read and thousands who never finish a frame.</summary>
internal sealed class MemoryTests
{
    private const long BoundBytes = 256L * 1024 * 1024;
    private const int SlowReaders = 20;
    private const ulong MessagesEach = 60;
    private const int PartialClients = 5_000;
    private const int PartialBodyBytes = 4_000;
    private const int HonestMessages = 50;

    [Test]
    public void Slow_readers_and_5000_partial_frames_fit_in_256_MiB_and_honest_clients_are_served()
    {
        using var bound = new MemoryBound(BoundBytes);
        using var path = new DataPath();
        using var server = ServerProcess.Start(path.Data, bound.Under, "--trust-source", "127.0.0.0/8", "--accepts-per-second", "10000", "--hello-timeout", "60", "--stall-timeout", "60");
        using var honest = new HonestPair(server.EndPoint);
        using var sender = RawClient.Register(server.EndPoint, "sender");
        var readers = Enumerable.Range(0, SlowReaders).Select(i => SlowReader(server.EndPoint, i)).ToList();
        ulong number = 0;
        for (ulong n = 1; n <= MessagesEach; n++)
        {
            for (var i = 0; i < SlowReaders; i++)
            {
                sender.SendText($"reader{i}", ++number, Text(n), number - 1);
                sender.Expect<SentFrame>();
            }
        }

        var strangers = Enumerable.Range(0, PartialClients).Select(_ => Partial(server.EndPoint)).ToList();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < HonestMessages; i++) honest.IsServed();
        var each = Stopwatch.GetElapsedTime(started).TotalMilliseconds / HonestMessages;
        foreach (var stranger in strangers) stranger.Dispose();

        // They begin to read: everything is there.
        for (var i = 0; i < SlowReaders; i++)
        {
            using var reader = readers[i];
            for (ulong n = 1; n <= MessagesEach; n++)
            {
                Assert.That(reader.ExpectText("sender", n), Is.EqualTo(Text(n)));
                reader.Acknowledge("sender", n, n);
            }
        }

        honest.IsServed();
        TestContext.Out.WriteLine($"{PeakOfProcess(server.Id)} resident at most, {bound.PeakBytes / 1024 / 1024} MiB with what the system keeps of files; {each:0.0} ms for an honest message and its receipt meanwhile");
        Assert.That(server.Stop(), Is.Zero, server.Log);
    }

    private static RawClient SlowReader(IPEndPoint endPoint, int index)
    {
        var reader = new RawClient(endPoint, receiveBufferBytes: 4_096);
        reader.LogIn(RawClient.Hello($"reader{index}", "phone", LoginMethod.Register, "correct horse"u8.ToArray()));
        return reader;
    }

    /// <summary>The preamble, a header, and half of the body that it announces.</summary>
    private static Socket Partial(IPEndPoint endPoint)
    {
        var bytes = new byte[ProtocolLimits.PreambleBytes + ProtocolLimits.HeaderBytes + (PartialBodyBytes / 2)];
        RawClient.PreambleBytes.CopyTo(bytes, 0);
        var header = bytes.AsSpan(ProtocolLimits.PreambleBytes);
        BinaryPrimitives.WriteUInt32BigEndian(header, (PartialBodyBytes << 8) | (uint)FrameKind.Hello);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(endPoint);
        socket.Send(bytes);
        return socket;
    }

    private static string PeakOfProcess(int process) =>
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))["VmHWM:".Length..].Trim();

    private static string Text(ulong number) => $"message {number} ".PadRight(ProtocolLimits.PayloadBytes, 'x');
}
