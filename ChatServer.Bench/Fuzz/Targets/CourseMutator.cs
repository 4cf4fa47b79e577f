using System.Buffers.Binary;
using ChatServer.Bench.Fuzz.Mutation;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>Changes a course of events step by step: left out, done twice, exchanged, taken from another, or with another frame.</summary>
internal sealed class CourseMutator : InputMutator
{
    private const int FrameHeadBytes = 2;

    private readonly MessagePackMutator _bodies = new();

    public override byte[] Change(byte[] input, MutationSource source)
    {
        var random = source.Random;
        var starts = Course.Starts(input);
        if (starts.Count == 0) return source.OtherInput();
        var place = random.Below(starts.Count);
        var (start, end) = (starts[place], EndOf(input, starts, place));
        switch (random.Below(10))
        {
            case 0: return [.. input[..start], .. input[end..]];
            case 1: return [.. input[..end], .. input[start..end], .. input[end..]];
            case 2:
                var to = starts[random.Below(starts.Count)];
                return [.. input[..to], .. input[start..end], .. input[to..]];
            case 3: return [.. input[..start], .. StepOf(source), .. input[start..]];
            case 4: return [.. input[..start], .. source.OtherInput()];
            case 5: return WithByte(input, start, (byte)(input[start] ^ (1 << random.Between(5, 7))));
            case 6: return WithByte(input, start, (byte)((input[start] & 0xE0) | random.Below(5)));
            case 7: return WithByte(input, start + 1, (byte)random.Below(SessionWorld.Lines));
            default: return WithBody(input, start, end, source);
        }
    }

    private static int EndOf(byte[] input, List<int> starts, int place) => place + 1 < starts.Count ? starts[place + 1] : input.Length;

    private static byte[] StepOf(MutationSource source)
    {
        var other = source.OtherInput();
        var starts = Course.Starts(other);
        if (starts.Count == 0) return [];
        var place = source.Random.Below(starts.Count);
        return other[starts[place]..EndOf(other, starts, place)];
    }

    private static byte[] WithByte(byte[] input, int place, byte value)
    {
        byte[] changed = [.. input];
        changed[place] = value;
        return changed;
    }

    /// <summary>The body of the step's frame is changed as a body is, and the step's length with it.</summary>
    private byte[] WithBody(byte[] input, int start, int end, MutationSource source)
    {
        var content = start + CourseStep.HeadBytes;
        if (end - content <= FrameHeadBytes) return [.. input[..start], .. StepOf(source), .. input[end..]];
        var body = _bodies.Change(input[(content + FrameHeadBytes)..end], source);
        byte[] changed = [.. input[..(content + FrameHeadBytes)], .. body, .. input[end..]];
        BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(start + 2), (ushort)Math.Min(ushort.MaxValue, body.Length + FrameHeadBytes));
        return changed;
    }
}
