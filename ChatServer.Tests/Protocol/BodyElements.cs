using System.Buffers;
using MessagePack;

namespace ChatServer.Tests.Protocol;

/// <summary>Bodies as the stock library sees them: what the strict reader is held against.</summary>
internal static class BodyElements
{
    /// <summary>The types of MessagePack as the specification tells them apart.</summary>
    internal enum Class
    {
        Nil,
        Boolean,
        Integer,
        NegativeInteger,
        Float,
        String,
        Binary,
        Array,
        Map,
        Extension,
        Never,
    }

    /// <summary>An element of a body: where it is, and its path, as "0/2/1"; the body itself has the empty path.</summary>
    internal readonly record struct Element(int Start, int End, Class Class, string Path);

    /// <summary>All elements of a valid body, the body itself first.</summary>
    public static List<Element> Of(ReadOnlyMemory<byte> body)
    {
        var elements = new List<Element>();
        var reader = new MessagePackReader(new ReadOnlySequence<byte>(body));
        Walk(ref reader, "", elements);
        return elements;
    }

    /// <summary>The value of a whole body, or null when the stock library finds no single value without map, float and extension.</summary>
    public static object? Value(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new MessagePackReader(new ReadOnlySequence<byte>(body));
            var value = Value(ref reader);
            return reader.End ? value : null;
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or NotSupportedException or OverflowException)
        {
            // That is how the stock library says no; the last one to a count of 2^31 and more.
            return null;
        }
    }

    /// <summary>Whether both are the same as far as both go: one may end earlier, by defaults left out or by elements of a later version.</summary>
    public static bool Agree(object left, object right) => (left, right) switch
    {
        (List<object> a, List<object> b) => a.Zip(b).All(pair => Agree(pair.First, pair.Second)),
        _ => left.Equals(right),
    };

    public static Class ClassOf(byte code) => code switch
    {
        0xc0 => Class.Nil,
        0xc1 => Class.Never,
        0xc2 or 0xc3 => Class.Boolean,
        < 0x80 or (>= 0xcc and <= 0xd3) => Class.Integer,
        >= 0xe0 => Class.NegativeInteger,
        0xca or 0xcb => Class.Float,
        (>= 0xa0 and < 0xc0) or (>= 0xd9 and <= 0xdb) => Class.String,
        >= 0xc4 and <= 0xc6 => Class.Binary,
        (>= 0x90 and < 0xa0) or 0xdc or 0xdd => Class.Array,
        < 0x90 or 0xde or 0xdf => Class.Map,
        _ => Class.Extension,
    };

    /// <summary>A small complete element that begins with the byte.</summary>
    public static byte[] Smallest(byte code) => code switch
    {
        < 0x80 or >= 0xe0 or (>= 0xc0 and <= 0xc3) => [code],
        < 0x90 => [code, .. Enumerable.Repeat<byte>(0xc0, 2 * (code & 15))],
        < 0xa0 => [code, .. Enumerable.Repeat<byte>(0xc0, code & 15)],
        < 0xc0 => [code, .. Enumerable.Repeat((byte)'a', code & 31)],
        0xc4 or 0xd9 => [code, 1, (byte)'a'],
        0xc5 or 0xda => [code, 0, 1, (byte)'a'],
        0xc6 or 0xdb => [code, 0, 0, 0, 1, (byte)'a'],
        0xc7 => [code, 1, 5, 0],
        0xc8 => [code, 0, 1, 5, 0],
        0xc9 => [code, 0, 0, 0, 1, 5, 0],
        0xca => [code, 0x3f, 0x80, 0, 0],
        0xcb => [code, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0],
        >= 0xcc and <= 0xd3 => [code, .. new byte[(1 << (code & 3)) - 1], 1],
        >= 0xd4 and <= 0xd8 => [code, 5, .. new byte[1 << (code - 0xd4)]],
        0xdc => [code, 0, 1, 0xc0],
        0xdd => [code, 0, 0, 0, 1, 0xc0],
        0xde => [code, 0, 1, 0xc0, 0xc0],
        _ => [code, 0, 0, 0, 1, 0xc0, 0xc0],
    };

    private static void Walk(ref MessagePackReader reader, string path, List<Element> elements)
    {
        var start = (int)reader.Consumed;
        var place = elements.Count;
        var kind = ClassOf(reader.NextCode);
        elements.Add(default);
        if (kind == Class.Array)
        {
            var count = reader.ReadArrayHeader();
            for (var i = 0; i < count; i++) Walk(ref reader, path.Length == 0 ? $"{i}" : $"{path}/{i}", elements);
        }
        else
        {
            reader.Skip();
        }

        elements[place] = new Element(start, (int)reader.Consumed, kind, path);
    }

    private static object Value(ref MessagePackReader reader)
    {
        switch (ClassOf(reader.NextCode))
        {
            case Class.Nil:
                reader.ReadNil();
                return "nil";
            case Class.Boolean:
                return reader.ReadBoolean();
            case Class.Integer:
                return reader.NextCode is >= 0xd0 and <= 0xd3 ? (decimal)reader.ReadInt64() : reader.ReadUInt64();
            case Class.NegativeInteger:
                return (decimal)reader.ReadInt64();
            case Class.String:
                return "text " + reader.ReadString();
            case Class.Binary:
                var bytes = reader.ReadBytes();
                return "bytes " + Convert.ToHexString(bytes is { } some ? some.ToArray() : []);
            case Class.Array:
                var values = new List<object>();
                var count = reader.ReadArrayHeader();
                for (var i = 0; i < count; i++) values.Add(Value(ref reader));
                return values;
            default:
                throw new NotSupportedException("a map, a float or an extension");
        }
    }
}
