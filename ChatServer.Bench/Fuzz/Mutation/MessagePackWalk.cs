using System.Buffers.Binary;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Mutation;

/// <summary>
/// Where the elements of a body are. A third reader beside the product's and the library's: small enough to be seen to be right,
/// and it takes every type, so that what the strict reader accepts can be held against it.
/// </summary>
internal static class MessagePackWalk
{
    private const int DepthMax = 32;

    /// <summary>Each takes a byte at least.</summary>
    private const int ElementsMax = ProtocolLimits.BodyBytes;

    /// <summary>All elements, the body first; false when the bytes are not exactly one value without map, float and extension.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, List<MessagePackElement> elements)
    {
        elements.Clear();
        return TryRead(body, 0, MessagePackElement.NoParent, 0, elements, out var end) && end == body.Length;
    }

    public static bool IsArray(byte code) => (code & 0xF0) == 0x90 || code is 0xDC or 0xDD;

    public static bool IsText(byte code) => (code & 0xE0) == 0xA0 || code is >= 0xD9 and <= 0xDB;

    public static bool IsBinary(byte code) => code is >= 0xC4 and <= 0xC6;

    public static bool IsInteger(byte code) => code is < 0x80 or >= 0xE0 or (>= 0xCC and <= 0xD3);

    /// <summary>
    /// Whether both bodies say the same as far as both go: one may end earlier, by defaults left out or by elements of a later version.
    /// </summary>
    public static bool Agree(ReadOnlySpan<byte> left, List<MessagePackElement> ofLeft, ReadOnlySpan<byte> right, List<MessagePackElement> ofRight)
    {
        var (l, r) = (0, 0);
        return Agree(left, ofLeft, ref l, right, ofRight, ref r);
    }

    private static bool Agree(ReadOnlySpan<byte> left, List<MessagePackElement> ofLeft, ref int l, ReadOnlySpan<byte> right, List<MessagePackElement> ofRight, ref int r)
    {
        var (a, b) = (ofLeft[l], ofRight[r]);
        var (codeA, codeB) = (left[a.Start], right[b.Start]);
        if (IsArray(codeA) != IsArray(codeB)) return false;
        if (IsArray(codeA))
        {
            var (l0, r0) = (++l, ++r);
            for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
            {
                if (!Agree(left, ofLeft, ref l, right, ofRight, ref r)) return false;
            }

            l = Behind(ofLeft, l0 - 1);
            r = Behind(ofRight, r0 - 1);
            return true;
        }

        l++;
        r++;
        if (IsInteger(codeA)) return IsInteger(codeB) && Integer(left, a) == Integer(right, b);
        if (IsText(codeA) != IsText(codeB) || IsBinary(codeA) != IsBinary(codeB)) return false;
        return IsText(codeA) || IsBinary(codeA) ? left[a.ContentStart..a.End].SequenceEqual(right[b.ContentStart..b.End]) : codeA == codeB;
    }

    // The first element that is not within this one.
    private static int Behind(List<MessagePackElement> elements, int index)
    {
        var end = elements[index].End;
        var next = index + 1;
        while (next < elements.Count && elements[next].Start < end) next++;
        return next;
    }

    private static Int128 Integer(ReadOnlySpan<byte> body, MessagePackElement element)
    {
        var code = body[element.Start];
        if (code < 0x80) return code;
        if (code >= 0xE0) return (sbyte)code;
        var digits = body[(element.Start + 1)..];
        return code switch
        {
            0xCC => digits[0],
            0xCD => BinaryPrimitives.ReadUInt16BigEndian(digits),
            0xCE => BinaryPrimitives.ReadUInt32BigEndian(digits),
            0xCF => BinaryPrimitives.ReadUInt64BigEndian(digits),
            0xD0 => (sbyte)digits[0],
            0xD1 => BinaryPrimitives.ReadInt16BigEndian(digits),
            0xD2 => BinaryPrimitives.ReadInt32BigEndian(digits),
            _ => BinaryPrimitives.ReadInt64BigEndian(digits),
        };
    }

    private static bool TryRead(ReadOnlySpan<byte> body, int start, int parent, int depth, List<MessagePackElement> elements, out int end)
    {
        end = start;
        if (start >= body.Length || depth > DepthMax || elements.Count >= ElementsMax) return false;
        if (!TryHeader(body, start, out var content, out var count)) return false;
        var index = elements.Count;
        elements.Add(default);
        end = content;
        if (IsArray(body[start]))
        {
            for (var i = 0; i < count; i++)
            {
                if (!TryRead(body, end, index, depth + 1, elements, out end)) return false;
            }
        }
        else if (count > body.Length - content)
        {
            return false;
        }
        else
        {
            end += count;
        }

        elements[index] = new MessagePackElement(start, content, end, parent, count, depth);
        return true;
    }

    // For integers the digits are the content; nil and booleans have none.
    private static bool TryHeader(ReadOnlySpan<byte> body, int start, out int content, out int count)
    {
        var code = body[start];
        var (lengthBytes, fixedCount) = code switch
        {
            < 0x80 or >= 0xE0 or 0xC0 or 0xC2 or 0xC3 => (0, 0),
            >= 0x90 and < 0xA0 => (0, code & 0x0F),
            >= 0xA0 and < 0xC0 => (0, code & 0x1F),
            0xC4 or 0xD9 => (1, 0),
            0xC5 or 0xDA or 0xDC => (2, 0),
            0xC6 or 0xDB or 0xDD => (4, 0),
            >= 0xCC and <= 0xD3 => (0, 1 << (code & 3)),
            _ => (-1, 0),
        };
        content = start + 1 + lengthBytes;
        count = fixedCount;
        if (lengthBytes < 0 || content > body.Length) return false;
        ulong declared = 0;
        for (var i = start + 1; i < content; i++) declared = (declared << 8) | body[i];
        if (lengthBytes > 0) count = (int)Math.Min(declared, int.MaxValue);
        return true;
    }
}
