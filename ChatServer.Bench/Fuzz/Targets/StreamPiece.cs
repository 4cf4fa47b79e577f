using System.Buffers;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>A stream as it lies in buffers: pieces of any length, empty ones too.</summary>
internal sealed class StreamPiece : ReadOnlySequenceSegment<byte>
{
    private StreamPiece(ReadOnlyMemory<byte> bytes, long before)
    {
        Memory = bytes;
        RunningIndex = before;
    }

    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, FuzzRandom random, int longest)
    {
        var first = new StreamPiece(bytes[..random.Below(Math.Min(longest, bytes.Length) + 1)], 0);
        var last = first;
        while (last.RunningIndex + last.Memory.Length < bytes.Length)
        {
            var start = (int)last.RunningIndex + last.Memory.Length;
            var next = new StreamPiece(bytes.Slice(start, random.Below(Math.Min(longest, bytes.Length - start) + 1)), start);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
