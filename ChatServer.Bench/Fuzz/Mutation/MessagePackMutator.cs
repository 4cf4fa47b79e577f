using System.Buffers.Binary;
using System.Text;

namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>
/// Changes a body as one that knows the format would: other elements at a place, elements more, fewer and exchanged, with the
/// counts around them right, and lengths that lie. What is no body is left to <see cref="ByteMutator"/>.
/// </summary>
/// <param name="prefix">Bytes before the body, which say which decoder it is for; left as they are.</param>
internal sealed class MessagePackMutator(int prefix = 0) : InputMutator
{
    /// <summary>Limits of the protocol for lengths of texts, bytes and lists, each with its neighbours.</summary>
    private static readonly int[] Lengths =
        [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 257, 1_023, 1_024, 1_025, 16_383, 16_384, 16_385];

    private static readonly ulong[] Integers =
    [
        0, 1, 2, 3, 15, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, int.MaxValue, 0x80000000, uint.MaxValue, 0x100000000,
        long.MaxValue, 0x8000000000000000, ulong.MaxValue - 1, ulong.MaxValue,
    ];

    private static readonly byte[][] Texts =
        [.. new[] { "alice", "bob", "a", "A", "é", "a/b", "phone", "\0", "\uFFFF", "" }.Select(Encoding.UTF8.GetBytes), [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF]];

    private readonly List<MessagePackElement> _elements = [];
    private readonly ByteMutator _bytes = new();

    public override byte[] Change(byte[] input, MutationSource source)
    {
        if (input.Length <= prefix || !MessagePackWalk.TryRead(input.AsSpan(prefix), _elements)) return _bytes.Change(input, source);
        var random = source.Random;
        var body = input.AsSpan(prefix);
        var index = random.Below(_elements.Count);
        var element = _elements[index];
        var changed = random.Below(8) switch
        {
            0 or 1 or 2 => Replaced(body, element, Element(random, source)),
            3 => WithCount(body, element, remove: true, random, []),
            4 => WithCount(body, element, remove: false, random, Element(random, source)),
            5 => WithCount(body, element, remove: false, random, body[element.Start..element.End].ToArray()),
            6 => Replaced(body, element, OfOther(body, random)),
            _ => WithLie(body, element, random),
        };
        return [.. input[..prefix], .. changed];
    }

    private static byte[] Replaced(ReadOnlySpan<byte> body, MessagePackElement element, byte[] by) => [.. body[..element.Start], .. by, .. body[element.End..]];

    private byte[] OfOther(ReadOnlySpan<byte> body, FuzzRandom random)
    {
        var other = random.Of(_elements);
        return body[other.Start..other.End].ToArray();
    }

    /// <summary>Takes an element out, or puts one before it; the array around it says so.</summary>
    private byte[] WithCount(ReadOnlySpan<byte> body, MessagePackElement element, bool remove, FuzzRandom random, byte[] piece)
    {
        if (element.Parent == MessagePackElement.NoParent) return Replaced(body, element, [0x91, .. body]);
        var parent = _elements[element.Parent];
        var count = parent.Count + (remove ? -1 : 1);
        // At the end of the array it is a field of a later version.
        var place = remove || random.OneIn(2) ? element.Start : parent.End;
        var behind = remove ? element.End : place;
        return [.. body[..parent.Start], .. ArrayHeader(count), .. body[parent.ContentStart..place], .. piece, .. body[behind..]];
    }

    /// <summary>The content stays, its declared length or count does not.</summary>
    private static byte[] WithLie(ReadOnlySpan<byte> body, MessagePackElement element, FuzzRandom random)
    {
        var code = body[element.Start];
        byte[] first = MessagePackWalk.IsArray(code) ? [0x90, 0xDC, 0xDD] : MessagePackWalk.IsText(code) ? [0xA0, 0xD9, 0xDA, 0xDB] : [0xC4, 0xC5, 0xC6];
        var header = Header(random.Of(first), random.OneIn(2) ? (uint)Integers[random.Below(16)] : (uint)(element.Count + random.Between(-1, 2)));
        return [.. body[..element.Start], .. header, .. body[element.ContentStart..]];
    }

    private static byte[] Element(FuzzRandom random, MutationSource source) => random.Below(9) switch
    {
        0 => [random.Of<byte>([0xC0, 0xC2, 0xC3])],
        1 or 2 => Integer(random.Of(Integers) + (ulong)random.Between(-1, 1), random),
        3 => Text(random.Of(Texts)),
        4 => Text([.. Enumerable.Repeat((byte)"a/.z\0"[random.Below(5)], Length(random, source))]),
        5 => Binary(random.Bytes(Length(random, source)), random),
        6 => Many(random, source),
        7 => [0x91, .. Integer(random.Of(Integers), random)],
        _ => source.Word(),
    };

    private static byte[] Many(FuzzRandom random, MutationSource source)
    {
        var count = Length(random, source);
        var element = random.Of<byte[]>([[0xC0], [0x00], [0xA0], [0x90], [0xA1, (byte)'a'], [0x92, 0xA1, (byte)'b', 0x01]]);
        return [.. ArrayHeader(count), .. Enumerable.Repeat(element, count).SelectMany(bytes => bytes)];
    }

    /// <summary>Long ones now and then: they cost time, and short inputs find most of what there is.</summary>
    private static int Length(FuzzRandom random, MutationSource source) =>
        Math.Min(source.MaxBytes, random.OneIn(8) ? random.Of(Lengths) : Lengths[random.Below(12)]);

    private static byte[] ArrayHeader(int count) => count < 16 ? [(byte)(0x90 | count)] : Header(0xDC, (uint)count);

    private static byte[] Text(byte[] utf8) => [.. utf8.Length < 32 ? [(byte)(0xA0 | utf8.Length)] : Header(utf8.Length < 256 ? (byte)0xD9 : (byte)0xDA, (uint)utf8.Length), .. utf8];

    private static byte[] Binary(byte[] bytes, FuzzRandom random)
    {
        var code = bytes.Length > 255 ? (byte)random.Between(0xC5, 0xC6) : (byte)random.Between(0xC4, 0xC6);
        return [.. Header(code, (uint)bytes.Length), .. bytes];
    }

    /// <summary>In any form that holds it, the shortest as often as all others.</summary>
    private static byte[] Integer(ulong value, FuzzRandom random)
    {
        var width = value switch { <= byte.MaxValue => 0, <= ushort.MaxValue => 1, <= uint.MaxValue => 2, _ => 3 };
        if (value < 0x80 && random.OneIn(2)) return [(byte)value];
        if (random.OneIn(2)) width = random.Between(width, 3);
        Span<byte> digits = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(digits, value);
        var code = (byte)((random.OneIn(8) ? 0xD0 : 0xCC) + width);
        return [code, .. digits[^(1 << width)..]];
    }

    private static byte[] Header(byte code, uint count)
    {
        Span<byte> digits = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(digits, count);
        return code switch
        {
            0x90 => [(byte)(0x90 | (count & 0x0F))],
            0xA0 => [(byte)(0xA0 | (count & 0x1F))],
            0xC4 or 0xD9 => [code, digits[3]],
            0xC5 or 0xDA or 0xDC => [code, .. digits[2..]],
            _ => [code, .. digits],
        };
    }
}
