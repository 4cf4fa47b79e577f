using System.Buffers;
using System.Net;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>A connection over a stream in the test's hands.</summary>
internal sealed class ConnectionTests
{
    private const int FrameBytes = 16_384;

    [Test]
    public void A_reader_who_is_never_quite_done_is_not_slow()
    {
        using var transport = new SocketTransport(new TransportOptions(), TimeProvider.System);
        using var stream = new ReluctantStream();
        var connection = new Connection(stream, IPAddress.Loopback, transport, new AcceptGate(new AcceptLimits(), 10, 0));
        var frame = TransportLoop.Frame(1, FrameBytes - ProtocolLimits.HeaderBytes);
        for (var written = 0; written < 3_000; written++)
        {
            Assert.That(connection.HasRoom, Is.True, $"after {written} frames, of which {connection.QueuedFrames} count as waiting");
            connection.Output.Write(frame);
            connection.EndFrame();
            connection.Flush();
            Assert.That(connection.QueuedFrames, Is.LessThanOrEqualTo(1 + (connection.QueuedBytes / FrameBytes)));
            while (connection.QueuedBytes > 128 * 1024)
            {
                Assert.That(connection.EndSend(), Is.True);
                connection.Flush();
            }
        }

        Assert.That(connection.QueuedBytes, Is.Positive, "something has waited all the time");
    }

    /// <summary>Takes nothing at once, and what it is given to send by itself when the test says so.</summary>
    private sealed class ReluctantStream : ByteStream
    {
        public override StreamStatus Receive(Span<byte> destination, out int bytes)
        {
            bytes = 0;
            return StreamStatus.NotNow;
        }

        public override StreamStatus Send(ReadOnlySpan<byte> bytes, out int sent)
        {
            sent = 0;
            return StreamStatus.NotNow;
        }

        public override void AwaitReadable()
        {
            // Nothing ever comes.
        }

        public override void SendInBackground(byte[] bytes)
        {
            // The test ends it.
        }

        public override bool EndSending() => true;

        public override void Dispose()
        {
            // Nothing is held.
        }
    }
}
