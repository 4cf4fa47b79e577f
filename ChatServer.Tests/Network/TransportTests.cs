using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>What any transport holds behind the seam, driven as a loop drives it; real sockets at the other end.</summary>
internal sealed class TransportTests
{
    private static IEnumerable<TestCaseData> Transports()
    {
        yield return Case("sockets", options => new SocketTransport(options, TimeProvider.System));
        if (OperatingSystem.IsLinux()) yield return Case("epoll", options => new EpollTransport(options, TimeProvider.System));

        static TestCaseData Case(string name, Func<TransportOptions, ITransport> make) => new TestCaseData(make).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Transports))]
    public void Frames_arrive_whole_in_any_pieces(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        byte[] stream = [.. Behaviour.RawClient.PreambleBytes, .. TransportLoop.Frame(1, 10), .. TransportLoop.Frame(2, 4_000), .. TransportLoop.Frame(3, 1)];
        foreach (var piece in stream.Chunk(977).Append([])) client.Send(piece);
        loop.Until(() => loop.Frames.Count == 3);
        Assert.That(loop.Frames, Is.EqualTo(new[] { "1:10", "2:4000", "3:1" }));
    }

    [TestCaseSource(nameof(Transports))]
    public void A_connection_goes_on_in_another_loop_with_half_a_frame(Func<TransportOptions, ITransport> make)
    {
        var (first, second) = ((Transport)make(new TransportOptions()), (Transport)make(new TransportOptions()));
        using var loop = new TransportLoop(first);
        using var other = new TransportLoop(second);
        using var client = loop.Connect();
        var frame = TransportLoop.Frame(1, 4_000);
        client.Send((byte[])[.. Behaviour.RawClient.PreambleBytes, .. frame[..1_000]]);
        loop.Until(() => first.PartialBytes == 1_000);

        client.Send(frame[1_000..2_000]); // on its way while the connection moves
        loop.MoveTo(other);
        Assert.That((first.PartialBytes, second.PartialBytes), Is.EqualTo((0, 1_000)));
        other.Until(() => second.PartialBytes == 2_000);
        client.Send(frame[2_000..]);
        other.Until(() => other.Frames.Count == 1);
        Assert.That((other.Frames[0], loop.Frames.Count, first.PartialBytes, second.PartialBytes), Is.EqualTo(("1:4000", 0, 0, 0)));
    }

    [TestCaseSource(nameof(Transports))]
    public void Frames_in_one_piece_arrive_in_order(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions { ReceiveShareBytes = 1_000 }));
        using var client = loop.Connect();
        client.Send((byte[])[.. Behaviour.RawClient.PreambleBytes, .. Enumerable.Range(0, 500).SelectMany(i => TransportLoop.Frame((uint)i, 50))]);
        loop.Until(() => loop.Frames.Count == 500);
        Assert.That(loop.Frames, Is.EqualTo(Enumerable.Range(0, 500).Select(i => $"{i}:50")));
    }

    [TestCaseSource(nameof(Transports))]
    public void What_is_written_in_a_turn_arrives_in_order(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions { SendQueueBytes = 64 << 20, SendQueueFrames = 1 << 20 }));
        using var client = loop.Connect();
        const int Frames = 8_000; // more than a socket takes at once
        for (var i = 0U; i < Frames; i++) Write(loop.Connection, TransportLoop.Frame(i, 1_000));
        loop.Connection.Flush();
        Assert.That(loop.Connection.QueuedBytes, Is.Positive);
        var expected = Enumerable.Range(0, Frames).SelectMany(i => TransportLoop.Frame((uint)i, 1_000)).ToArray();
        var received = 0;
        var buffer = new byte[1 << 20];
        loop.Until(() =>
        {
            if (client.Available == 0) return received == expected.Length;
            var read = client.Receive(buffer);
            Assert.That(buffer.AsSpan(0, read).SequenceEqual(expected.AsSpan(received, read)), Is.True, $"what came at {received} is not what was written");
            received += read;
            return false;
        });
        Assert.That(loop.Connection.QueuedBytes, Is.Zero);
    }

    [TestCaseSource(nameof(Transports))]
    public void A_reader_that_does_not_read_fills_its_own_queue_only(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        while (loop.Connection.HasRoom)
        {
            Write(loop.Connection, TransportLoop.Frame(1, 16_384 - ProtocolLimits.HeaderBytes));
            loop.Connection.Flush();
        }

        Assert.That(loop.Connection.QueuedBytes, Is.InRange(256 * 1024, (256 * 1024) + 16_384));
        loop.Until(() => loop.Connection.StalledFor > TimeSpan.FromMilliseconds(50));
        var buffer = new byte[1 << 20];
        loop.Until(() =>
        {
            if (client.Available > 0) client.Receive(buffer);
            return loop.Connection.QueuedBytes == 0;
        });
        Assert.That((loop.Connection.HasRoom, loop.Connection.StalledFor), Is.EqualTo((true, TimeSpan.Zero)));
    }

    [TestCaseSource(nameof(Transports))]
    public void The_last_frame_arrives_before_the_end(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        client.Send(new byte[100_000]); // nobody reads it, which must not reset the connection
        Write(loop.Connection, TransportLoop.Frame(1, 10));
        loop.Connection.CloseAfterFlush(TimeSpan.FromSeconds(10));
        loop.Connection.Flush();
        var buffer = new byte[100];
        loop.Until(() => client.Available >= ProtocolLimits.HeaderBytes + 10);
        Assert.That(client.Receive(buffer), Is.EqualTo(ProtocolLimits.HeaderBytes + 10));
        Assert.That(client.Receive(buffer), Is.Zero);
        client.Close();
        loop.Until(() => loop.Connection.IsClosed);
    }

    [TestCaseSource(nameof(Transports))]
    public void Who_does_not_close_is_cut_off(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        loop.Connection.CloseAfterFlush(TimeSpan.FromMilliseconds(50));
        loop.Connection.Flush();
        loop.Until(() => loop.Connection.IsClosed);
        Assert.That(loop.Closed, Is.EqualTo(1));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_end_of_the_other_side_is_told_once(bool reset)
    {
        foreach (var transport in Transports().Select(data => (Func<TransportOptions, ITransport>)data.Arguments[0]!)) // as made above
        {
            using var loop = new TransportLoop(transport(new TransportOptions()));
            var client = loop.Connect();
            if (reset) client.LingerState = new LingerOption(true, 0);
            client.Close();
            loop.Until(() => loop.Connection.IsClosed && loop.Closed > 0);
            loop.Turn();
            Assert.That(loop.Closed, Is.EqualTo(1));
        }
    }

    [TestCaseSource(nameof(Transports))]
    public void A_wake_ends_the_wait(Func<TransportOptions, ITransport> make)
    {
        using var transport = make(new TransportOptions());
        var waker = new Thread(transport.Wake);
        waker.Start();
        Assert.That(transport.Poll(new PollEvent[4], TimeSpan.FromSeconds(60)), Is.Zero);
        waker.Join();
    }

    [TestCaseSource(nameof(Transports))]
    public void Nothing_is_read_while_reading_is_paused(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        client.Send(Behaviour.RawClient.PreambleBytes);
        client.Send(TransportLoop.Frame(1, 10));
        loop.Until(() => loop.Frames.Count == 1);
        loop.Connection.PauseReading();
        client.Send(TransportLoop.Frame(2, 10));
        for (var i = 0; i < 20; i++) loop.Turn();
        Assert.That(loop.Frames, Has.Count.EqualTo(1));
        loop.Connection.ResumeReading();
        loop.Until(() => loop.Frames.Count == 2);
    }

    [TestCaseSource(nameof(Transports))]
    public void Idle_connections_hold_no_pipe(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions()));
        using var client = loop.Connect();
        client.Send(Behaviour.RawClient.PreambleBytes);
        var frame = TransportLoop.Frame(1, 100);
        client.Send(frame[..50]);
        loop.Until(() => loop.Connection.HoldsPipe);
        client.Send(frame[50..]);
        loop.Until(() => loop.Frames.Count == 1);
        Assert.That((loop.Connection.HoldsPipe, loop.Connection.QueuedBytes), Is.EqualTo((false, 0)));
    }

    [TestCaseSource(nameof(Transports))]
    public void Partial_frames_of_all_have_one_bound(Func<TransportOptions, ITransport> make)
    {
        using var loop = new TransportLoop(make(new TransportOptions { PartialBytes = 5_000 }));
        var clients = Enumerable.Range(0, 3).Select(_ => loop.Connect()).ToArray();
        foreach (var client in clients)
        {
            client.Send(Behaviour.RawClient.PreambleBytes);
            client.Send(TransportLoop.Frame(1, 4_000)[..3_000]);
        }

        loop.Until(() => loop.Errors.Contains(ErrorCode.Busy));
        foreach (var client in clients) client.Dispose();
    }

    [TestCaseSource(nameof(Transports))]
    public void Many_that_come_and_go_leave_nothing(Func<TransportOptions, ITransport> make)
    {
        const int Count = 500;
        using var loop = new TransportLoop(make(new TransportOptions()));
        for (var i = 0; i < Count; i++) loop.Connect().Close();
        loop.Until(() => loop.Closed == Count);
    }

    private static void Write(Connection connection, byte[] frame)
    {
        connection.Output.Write(frame);
        connection.EndFrame();
    }
}
