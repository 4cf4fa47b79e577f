using System.Diagnostics;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using MessagePack;
using NUnit.Framework;
using Class = ChatServer.Tests.Protocol.BodyElements.Class;

namespace ChatServer.Tests.Protocol;

/// <summary>Section B of the hostile inputs, at the codec: each case in each field of each kind.</summary>
internal sealed class HostileBodyTests
{
    private const int FixedAllocationBytes = 4_096;

    /// <summary>Fields that take two types, by kind and path.</summary>
    private static readonly Dictionary<string, Class[]> TwoTypes = new()
    {
        ["Welcome 4"] = [Class.Nil, Class.Binary],
        ["Welcome 10"] = [Class.Nil, Class.String],
        ["Send 0"] = [Class.String, Class.Integer],
        ["Sent 1"] = [Class.String, Class.Integer],
        ["Message 0"] = [Class.String, Class.Integer],
        ["Receipt 0/0/0"] = [Class.String, Class.Integer],
        ["Receipt 0/1/0"] = [Class.String, Class.Integer],
        ["Marks 1/0/0"] = [Class.String, Class.Integer],
    };

    private static readonly string[] LyingLengths =
        ["c6ffffffff", "c680000000", "c67fffffff", "c5ffff", "dbffffffff", "db80000000", "daffff", "c9ffffffff01", "c97fffffffff", "ddffffffff", "dd7fffffff", "dcffff", "dfffffffff"];

    private static readonly string[] NoUtf8 = ["c328", "a0a1", "e228a1", "eda080", "f08028bc", "c0af", "f4908080", "ff", "61c3"];

    /// <summary>LZ4 block and array of some libraries, and the timestamp.</summary>
    private static readonly byte[] ExtensionTypes = [98, 99, 255];

    private static readonly int[] ExtensionLengths = [0, 3, 5, 4_096];

    /// <summary>One full body of each kind.</summary>
    public static IEnumerable<Vectors.FrameVector> Full =>
        Vectors.Frames.Where(vector => vector.Canonical).GroupBy(vector => vector.Kind).Select(group => group.First());

    [TestCaseSource(nameof(Full))]
    public void Lengths_that_lie_are_bad_frames_in_every_field(Vectors.FrameVector vector)
    {
        foreach (var element in BodyElements.Of(vector.Body))
        {
            foreach (var lie in LyingLengths.Select(Convert.FromHexString))
            {
                Expect(vector.Kind, [.. Before(vector, element), .. lie, .. After(vector, element)], ErrorCode.BadFrame);
                Expect(vector.Kind, [.. Before(vector, element), .. lie], ErrorCode.BadFrame);
            }
        }
    }

    [TestCaseSource(nameof(Full))]
    public void Each_first_byte_of_another_type_is_a_bad_frame_in_every_field(Vectors.FrameVector vector)
    {
        foreach (var element in BodyElements.Of(vector.Body))
        {
            var allowed = TwoTypes.GetValueOrDefault($"{vector.Kind} {element.Path}", [element.Class]);
            for (var code = 0; code < 256; code++)
            {
                byte[] body = [.. Before(vector, element), .. BodyElements.Smallest((byte)code), .. After(vector, element)];
                var error = Read(vector.Kind, body);
                if (!allowed.Contains(BodyElements.ClassOf((byte)code)))
                    Assert.That(error, Is.EqualTo(ErrorCode.BadFrame), $"{code:x2} at {element.Path} of {vector.Kind}");
            }
        }
    }

    [TestCaseSource(nameof(Full))]
    public void Extensions_are_bad_frames_in_every_field_and_at_the_end(Vectors.FrameVector vector)
    {
        var extensions = from type in ExtensionTypes
                         from length in ExtensionLengths
                         select (byte[])[0xc8, (byte)(length >> 8), (byte)length, type, .. new byte[length]];
        foreach (var extension in extensions.Append([0xd6, 0xff, 0, 0, 0, 0]))
        {
            foreach (var element in BodyElements.Of(vector.Body))
                Expect(vector.Kind, [.. Before(vector, element), .. extension, .. After(vector, element)], ErrorCode.BadFrame);
            Expect(vector.Kind, WithTrailing(vector, extension), ErrorCode.BadFrame);
        }
    }

    [TestCaseSource(nameof(Full))]
    public void A_body_cut_at_any_byte_is_a_bad_frame(Vectors.FrameVector vector)
    {
        for (var length = 0; length < vector.Body.Length; length++)
            Expect(vector.Kind, vector.Body[..length].ToArray(), ErrorCode.BadFrame);
    }

    [TestCaseSource(nameof(Full))]
    public void Any_byte_after_the_array_is_a_bad_frame(Vectors.FrameVector vector)
    {
        for (var code = 0; code < 256; code++)
            Expect(vector.Kind, [.. vector.Body.Span, .. BodyElements.Smallest((byte)code)], ErrorCode.BadFrame);
    }

    [TestCaseSource(nameof(Full))]
    public void Deep_nesting_is_a_bad_frame_within_a_millisecond(Vectors.FrameVector vector)
    {
        byte[] arrays = [.. Enumerable.Repeat<byte>(0x91, 60_000), 0xc0];
        byte[] maps = [.. Enumerable.Repeat(new byte[] { 0x81, 0xc0 }, 30_000).SelectMany(pair => pair), 0xc0];
        foreach (var nest in new[] { arrays, maps })
        {
            Expect(vector.Kind, nest, ErrorCode.BadFrame);
            foreach (var element in BodyElements.Of(vector.Body))
                Expect(vector.Kind, [.. Before(vector, element), .. nest, .. After(vector, element)], ErrorCode.BadFrame);
            var trailing = WithTrailing(vector, nest);
            Expect(vector.Kind, trailing, ErrorCode.BadFrame);
            Assert.That(BestTime(() => Read(vector.Kind, trailing)), Is.LessThan(TimeSpan.FromMilliseconds(1)));
        }
    }

    [TestCaseSource(nameof(Full))]
    public void Elements_of_a_later_version_are_skipped_within_the_bounds_of_depth_and_count(Vectors.FrameVector vector)
    {
        byte[] everything = [0xc0, 0xc2, 0xc3, 0x07, 0xff, 0xcf, .. new byte[8], 0xd3, .. new byte[8], 0xa2, 0xc3, 0xbc, 0xc4, 0x01, 0xff, 0x91, 0x91, 0x91, 0x01];
        Expect(vector.Kind, WithTrailing(vector, everything, count: 10), ErrorCode.None);
        Expect(vector.Kind, WithTrailing(vector, [0x91, 0x91, 0x90]), ErrorCode.None);
        Expect(vector.Kind, WithTrailing(vector, [0x91, 0x91, 0x91, 0x90]), ErrorCode.BadFrame);
        Expect(vector.Kind, WithTrailing(vector, [0xdc, 0x04, 0x00, .. new byte[1_024]]), ErrorCode.None);
        Expect(vector.Kind, WithTrailing(vector, [0xdc, 0x04, 0x01, .. new byte[1_025]]), ErrorCode.Limit);
        var fields = BodyElements.Of(vector.Body).Count(element => element.Path.Length > 0 && !element.Path.Contains('/', StringComparison.Ordinal));
        Expect(vector.Kind, WithTrailing(vector, new byte[1_024 - fields], count: 1_024 - fields), ErrorCode.None);
        Expect(vector.Kind, WithTrailing(vector, new byte[1_025 - fields], count: 1_025 - fields), ErrorCode.Limit);
    }

    [TestCaseSource(nameof(Full))]
    public void Many_small_elements_are_a_limit(Vectors.FrameVector vector)
    {
        foreach (var small in new byte[] { 0xa0, 0x90, 0x00 })
        {
            byte[] many = [0xdc, 0xfd, 0xe8, .. Enumerable.Repeat(small, 65_000)];
            Expect(vector.Kind, many, ErrorCode.Limit);
            foreach (var element in BodyElements.Of(vector.Body).Where(element => element.Class == Class.Array))
                Expect(vector.Kind, [.. Before(vector, element), .. many, .. After(vector, element)], ErrorCode.Limit);
        }
    }

    [TestCaseSource(nameof(Full))]
    public void A_string_of_65000_bytes_is_a_limit_in_every_field_for_text(Vectors.FrameVector vector)
    {
        foreach (var letter in "/.aé")
        {
            var text = System.Text.Encoding.UTF8.GetBytes(new string(letter, 65_000 / (letter > 127 ? 2 : 1)));
            foreach (var element in BodyElements.Of(vector.Body).Where(element => element.Class == Class.String))
                Expect(vector.Kind, [.. Before(vector, element), 0xda, 0xfd, 0xe8, .. text, .. After(vector, element)], ErrorCode.Limit);
        }
    }

    [TestCaseSource(nameof(Full))]
    public void What_is_no_UTF8_is_a_bad_frame_in_every_field_for_text(Vectors.FrameVector vector)
    {
        foreach (var broken in NoUtf8.Select(Convert.FromHexString))
        {
            byte[] text = [(byte)(0xa0 | broken.Length), .. broken];
            foreach (var element in BodyElements.Of(vector.Body).Where(element => element.Class == Class.String))
                Expect(vector.Kind, [.. Before(vector, element), .. text, .. After(vector, element)], ErrorCode.BadFrame);
            Expect(vector.Kind, WithTrailing(vector, text), ErrorCode.BadFrame);
        }
    }

    [Test]
    public void A_payload_is_counted_exactly()
    {
        var frame = new SendFrame { Conversation = WireConversation.OfGroup(1), SendNumber = 9, Payload = new byte[ProtocolLimits.PayloadBytes] };
        Assert.That(FrameCodec.Read<SendFrame>(Body(frame), out var read), Is.EqualTo(ErrorCode.None));
        Assert.That(read.Payload.Length, Is.EqualTo(16_384));
        var body = Body(frame with { Payload = new byte[ProtocolLimits.PayloadBytes + 1] });
        Assert.That(FrameCodec.Read(body, out read, out var argument), Is.EqualTo(ErrorCode.Limit));
        Assert.That((argument, read.SendNumber), Is.EqualTo((16_384UL, 9UL)), "the refusal can name limit and number");
    }

    private static ErrorCode Read(FrameKind kind, byte[] body)
    {
        var probe = FrameProbe.Of(kind);
        _ = UserId.TryParse("a"u8, out _); // the thread's cache of ids belongs to no frame
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = probe.Read(body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > FixedAllocationBytes) Assert.Fail($"{allocated} bytes allocated for {kind} {Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 100)))}");
        return error;
    }

    private static void Expect(FrameKind kind, byte[] body, ErrorCode expected)
    {
        var error = Read(kind, body);
        if (error != expected) Assert.Fail($"{error} and not {expected} for {kind} {Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 200)))}");
    }

    private static ReadOnlySpan<byte> Before(Vectors.FrameVector vector, BodyElements.Element element) => vector.Body.Span[..element.Start];

    private static ReadOnlySpan<byte> After(Vectors.FrameVector vector, BodyElements.Element element) => vector.Body.Span[element.End..];

    /// <summary>The body with so many elements more than it has.</summary>
    private static byte[] WithTrailing(Vectors.FrameVector vector, byte[] elements, int count = 1)
    {
        var reader = new MessagePackReader(vector.Body);
        count += reader.ReadArrayHeader();
        return [0xdc, (byte)(count >> 8), (byte)count, .. vector.Body.Span[(int)reader.Consumed..], .. elements];
    }

    private static ReadOnlyMemory<byte> Body(SendFrame frame) => FrameProbe.Of(FrameKind.Send).Write(frame).AsMemory(ProtocolLimits.HeaderBytes);

    private static TimeSpan BestTime(Action action)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            var time = Stopwatch.GetElapsedTime(start);
            if (time < best) best = time;
        }

        return best;
    }
}
