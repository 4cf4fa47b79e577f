using System.Buffers;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>What is written leaves once, in order, whatever the socket takes of it.</summary>
internal sealed class SendQueueTests
{
    [Test]
    public void Bytes_leave_once_and_in_order([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var queue = new SendQueue();
        var written = new List<byte>();
        var left = 0;
        for (var step = 0; step < 2_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var frame = TransportLoop.Frame((uint)step, random.Next(1, random.Next(10) == 0 ? 20_000 : 200));
                random.NextBytes(frame.AsSpan(ProtocolLimits.HeaderBytes));
                var span = queue.GetSpan(frame.Length);
                Assert.That(span.Length, Is.GreaterThanOrEqualTo(frame.Length));
                frame.CopyTo(span);
                queue.Advance(frame.Length);
                queue.EndFrame(step);
                written.AddRange(frame);
                continue;
            }

            var sent = random.Next(queue.Bytes + 1);
            foreach (var one in queue.Waiting.Span[..sent])
            {
                if (one != written[left++]) Assert.Fail($"step {step}: a byte is missing or out of its place");
            }

            queue.Sent(sent);
        }

        Assert.That(left + queue.Bytes, Is.EqualTo(written.Count));
    }

    [Test]
    public void An_empty_queue_holds_nothing()
    {
        var queue = new SendQueue();
        var frame = TransportLoop.Frame(1, 100);
        queue.Write(frame);
        queue.EndFrame(0);
        Assert.That(queue.Frames, Is.EqualTo(1));
        queue.Sent(frame.Length);
        Assert.That((queue.Frames, queue.IsEmpty), Is.EqualTo((0, true)));
        Assert.That((queue.Bytes, queue.Waiting.Length), Is.EqualTo((0, 0)));
        queue.Write("again"u8);
        Assert.That(queue.Waiting.ToArray(), Is.EqualTo("again"u8.ToArray()));
        queue.Clear();
        Assert.That(queue.Bytes, Is.Zero);
    }

    [Test]
    public void More_than_was_lent_cannot_be_claimed()
    {
        var queue = new SendQueue();
        var lent = queue.GetMemory(10).Length;
        Assert.That(() => queue.Advance(lent + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
