using System.Buffers;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Behaviour;
using NUnit.Framework;

namespace ChatServer.Tests.Network;

/// <summary>A stream cut into frames is the same whatever pieces it came in.</summary>
internal sealed class FrameSplitterTests
{
    [Test]
    public void Every_boundary_gives_the_same_frames()
    {
        byte[] stream = [.. RawClient.PreambleBytes, .. Frame(1, 1), .. Frame(2, 40), .. Frame(3, 7)];
        for (var first = 0; first <= stream.Length; first++)
        {
            for (var second = first; second <= stream.Length; second++)
            {
                Assert.That(Split(stream, [first, second]), Is.EqualTo("1:1 2:40 3:7"), $"cut at {first} and {second}");
            }
        }
    }

    [Test]
    public void Random_streams_in_random_pieces([Range(1, 50)] int seed)
    {
        var random = new Random(seed);
        var lengths = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3) == 0 ? random.Next(1, ProtocolLimits.BodyBytesBeforeLogin + 1) : random.Next(1, 100)).ToArray();
        byte[] stream = [.. RawClient.PreambleBytes, .. lengths.SelectMany((length, i) => Frame((uint)i, length))];
        var cuts = Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(stream.Length + 1)).Order().ToArray();
        Assert.That(Split(stream, cuts), Is.EqualTo(string.Join(' ', lengths.Select((length, i) => $"{i}:{length}"))));
    }

    [TestCase(0, ProtocolLimits.BodyBytes)]
    [TestCase(ProtocolLimits.BodyBytesBeforeLogin + 1, ProtocolLimits.BodyBytesBeforeLogin)]
    [TestCase(ProtocolLimits.BodyBytes + 1, ProtocolLimits.BodyBytes)]
    [TestCase(FrameHeader.MaxLength, ProtocolLimits.BodyBytes)]
    public void A_length_that_is_not_allowed_is_known_by_the_header_alone(int length, int allowed)
    {
        var splitter = new FrameSplitter { MaxBodyBytes = allowed };
        var preamble = new ReadOnlySequence<byte>(RawClient.PreambleBytes);
        Assert.That(splitter.Next(preamble, out _, out _, out _, out _), Is.EqualTo(SplitResult.Preamble));
        var header = new byte[ProtocolLimits.HeaderBytes];
        new FrameHeader(length, FrameKind.Send, 1).Write(header);
        Assert.That(splitter.Next(new ReadOnlySequence<byte>(header), out _, out _, out var error, out var argument), Is.EqualTo(SplitResult.Error));
        Assert.That((error, argument), Is.EqualTo((ErrorCode.BadLength, (ulong)allowed)));
    }

    [Test]
    public void A_preamble_is_refused_at_its_first_wrong_byte()
    {
        for (var at = 0; at < Preamble.Magic.Length; at++)
        {
            var bytes = RawClient.PreambleBytes[..(at + 1)];
            bytes[at] ^= 0x80;
            var splitter = new FrameSplitter();
            var result = splitter.Next(new ReadOnlySequence<byte>(bytes), out _, out _, out var error, out _);
            Assert.That((result, error), Is.EqualTo((SplitResult.Error, ErrorCode.BadPreamble)), $"byte {at}");
        }
    }

    // Offers what has come so far again after every piece, in segments, as the connection does.
    private static string Split(byte[] stream, int[] cuts)
    {
        var splitter = new FrameSplitter();
        var frames = new List<string>();
        var consumedBefore = 0;
        foreach (var end in cuts.Append(stream.Length))
        {
            while (true)
            {
                var received = Segments(stream, consumedBefore, end, cuts);
                var result = splitter.Next(received, out var header, out var consumed, out var error, out _);
                Assert.That(error, Is.EqualTo(ErrorCode.None));
                if (result == SplitResult.NeedsMore) break;
                consumedBefore += (int)consumed;
                if (result != SplitResult.Frame) continue;
                Assert.That(stream[consumedBefore - 1], Is.EqualTo((byte)header.Correlation), "the last byte of the body");
                frames.Add($"{header.Correlation}:{header.Length}");
            }
        }

        Assert.That(consumedBefore, Is.EqualTo(stream.Length));
        return string.Join(' ', frames);
    }

    private static ReadOnlySequence<byte> Segments(byte[] stream, int start, int end, int[] cuts)
    {
        var edges = cuts.Where(cut => cut > start && cut < end).Append(end).Prepend(start).Distinct().ToArray();
        var first = new Segment(default, 0);
        var last = first;
        for (var i = 1; i < edges.Length; i++) last = last.Append(stream.AsMemory(edges[i - 1], edges[i] - edges[i - 1]));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static byte[] Frame(uint id, int length)
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes + length];
        new FrameHeader(length, FrameKind.Send, id).Write(bytes);
        bytes.AsSpan(ProtocolLimits.HeaderBytes).Fill((byte)id);
        return bytes;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
