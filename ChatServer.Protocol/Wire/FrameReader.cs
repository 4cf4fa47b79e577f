using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace ChatServer.Protocol.Wire;

/// <summary>
/// Reads the body of a frame, strictly: exact types, integers in range, valid UTF-8, every declared length and count checked
/// against the bytes that are there and against its limit before anything is made of it. The first fault stays: whatever is read
/// after it is a default value, and <see cref="EndBody"/> names it. Nothing here throws, whatever the bytes are. Hot path: allocates
/// nothing but the strings of texts and of ids not read before.
/// </summary>
/// <remarks>
/// An own walk and not MessagePackReader: that one takes str for bin in places and throws for integers out of range. Tests hold the
/// two against each other.
/// </remarks>
public ref struct FrameReader
{
    private const byte Nil = 0xc0;
    private const byte False = 0xc2;
    private const byte True = 0xc3;
    private const byte Bin8 = 0xc4;
    private const byte Bin32 = 0xc6;
    private const byte UInt8Code = 0xcc;
    private const byte Int8Code = 0xd0;
    private const byte Int64Code = 0xd3;
    private const byte Str8 = 0xd9;
    private const byte Str32 = 0xdb;
    private const byte Array16 = 0xdc;
    private const byte Array32 = 0xdd;
    private const byte NegativeFixInt = 0xe0;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Elements of the array that is being read and that have not been read; 0 after a fault, so that one check does.</summary>
    private int _remaining;
    private int _depth;
    private ErrorCode _error;

    /// <summary>Reads <paramref name="body"/>; begin with <see cref="BeginBody"/>.</summary>
    public FrameReader(ReadOnlyMemory<byte> body)
    {
        _body = body;
        _bytes = body.Span;
    }

    /// <summary>The limit that was exceeded when the fault is <see cref="ErrorCode.Limit"/>; otherwise 0.</summary>
    public ulong Argument { get; private set; }

    /// <summary>Whether the array that is being read has another element. False after a fault.</summary>
    public readonly bool More => _remaining > 0;

    /// <summary>Whether nothing was wrong so far.</summary>
    public readonly bool Sound => _error == ErrorCode.None;

    /// <summary>Reads on over elements of a list without its header.</summary>
    internal static FrameReader OverElements(ReadOnlyMemory<byte> elements, int count) =>
        new(elements) { _remaining = count, _depth = 2 };

    /// <summary>Begins the array that is the body; one shorter than <paramref name="mandatory"/> elements is a fault.</summary>
    public void BeginBody(int mandatory)
    {
        _remaining = 1;
        BeginArray(mandatory);
    }

    /// <summary>Skips elements that are not known here and makes sure that nothing follows the array. The first fault, or none.</summary>
    public ErrorCode EndBody()
    {
        EndArray(0);
        if (_position != _bytes.Length) Fail(ErrorCode.BadFrame);
        return _error;
    }

    /// <summary>Begins an inner array. Give the result to <see cref="EndArray"/>.</summary>
    public int BeginArray(int mandatory)
    {
        if (!Take(out var code)) return 0;
        var outer = _remaining;
        if (!ReadCount(code, ProtocolLimits.Elements, out var count)) return 0;
        if (count < mandatory) Fail(ErrorCode.BadFrame);
        else _remaining = count;
        return outer;
    }

    /// <summary>Ends an inner array: skips elements that are not known here and goes on behind it.</summary>
    public void EndArray(int outer)
    {
        while (_remaining > 0) SkipElement();
        if (_error != ErrorCode.None) return;
        _depth--;
        _remaining = outer;
    }

    /// <summary>Reads an integer.</summary>
    public ulong UInt64(ulong min = 0, ulong max = ulong.MaxValue)
    {
        if (!Take(out var code)) return 0;
        ulong value = code;
        if (code < 0x80) _position++;
        else if (!ReadWideInteger(code, out value)) return 0;
        if (value >= min && value <= max) return value;
        Fail(ErrorCode.BadFrame);
        return 0;
    }

    /// <summary>Reads an integer, or takes the default when the array has ended.</summary>
    public ulong UInt64Or(ulong missing) => _remaining > 0 ? UInt64() : missing;

    /// <summary>Reads an integer of at most 32 bits.</summary>
    public uint UInt32() => (uint)UInt64(max: uint.MaxValue);

    /// <summary>Reads an integer of at most 32 bits, or takes the default when the array has ended.</summary>
    public uint UInt32Or(uint missing) => _remaining > 0 ? UInt32() : missing;

    /// <summary>Reads an integer of at most 31 bits.</summary>
    public int Int32() => (int)UInt64(max: int.MaxValue);

    /// <summary>Reads an integer of at most 16 bits.</summary>
    public ushort UInt16() => (ushort)UInt64(max: ushort.MaxValue);

    /// <summary>Reads an integer of at most 8 bits.</summary>
    public byte UInt8(byte min = 0) => (byte)UInt64(min, byte.MaxValue);

    /// <summary>Reads an integer of at most 8 bits, or takes the default when the array has ended.</summary>
    public byte UInt8Or(byte missing) => _remaining > 0 ? UInt8() : missing;

    /// <summary>Reads a boolean.</summary>
    public bool Boolean()
    {
        if (!Take(out var code)) return false;
        _position++;
        if (code is not (True or False)) Fail(ErrorCode.BadFrame);
        return code == True;
    }

    /// <summary>Reads a boolean, or takes the default when the array has ended.</summary>
    public bool BooleanOr(bool missing) => _remaining > 0 ? Boolean() : missing;

    /// <summary>Reads the id of a user.</summary>
    public UserId User()
    {
        if (!Take(out var code)) return default;
        return ReadString(code, ProtocolLimits.UserIdBytes, out var utf8) ? UserOf(utf8) : default;
    }

    /// <summary>Reads the id of a device.</summary>
    public DeviceId Device()
    {
        if (!Take(out var code) || !ReadString(code, ProtocolLimits.DeviceIdBytes, out var utf8)) return default;
        if (DeviceId.TryParse(utf8, out var id)) return id;
        FailName(utf8);
        return default;
    }

    /// <summary>Reads a conversation: a string is a user, an integer is a group.</summary>
    public WireConversation Conversation()
    {
        if (_remaining > 0 && _position < _bytes.Length && !IsString(_bytes[_position]))
        {
            var group = UInt64();
            if (group == 0) Fail(ErrorCode.BadName);
            return WireConversation.OfGroup(group);
        }

        return WireConversation.Direct(User());
    }

    /// <summary>Reads a string of at most so many bytes.</summary>
    public string Text(int maxBytes)
    {
        if (!Take(out var code) || !ReadString(code, maxBytes, out var utf8)) return "";
        if (Utf8.IsValid(utf8)) return Encoding.UTF8.GetString(utf8);
        Fail(ErrorCode.BadFrame);
        return "";
    }

    /// <summary>Reads a string, or takes the empty one when the array has ended.</summary>
    public string TextOrEmpty(int maxBytes) => _remaining > 0 ? Text(maxBytes) : "";

    /// <summary>Reads a string or nil.</summary>
    public string? TextOrNil(int maxBytes) => SkipNil() ? null : Text(maxBytes);

    /// <summary>Reads bytes: a slice of the body.</summary>
    public ReadOnlyMemory<byte> Binary(int maxBytes, int minBytes = 0)
    {
        if (!Take(out var code)) return default;
        if (code is < Bin8 or > Bin32)
        {
            Fail(ErrorCode.BadFrame);
            return default;
        }

        if (!ReadLength(code - Bin8, maxBytes, out var length)) return default;
        if (length < minBytes)
        {
            Fail(ErrorCode.BadFrame);
            return default;
        }

        var slice = _body.Slice(_position, length);
        _position += length;
        return slice;
    }

    /// <summary>Reads bytes, or takes none when the array has ended.</summary>
    public ReadOnlyMemory<byte> BinaryOrEmpty(int maxBytes) => _remaining > 0 ? Binary(maxBytes) : default;

    /// <summary>Reads bytes, at least one, or nil, which is none.</summary>
    public ReadOnlyMemory<byte> BinaryOrNil(int maxBytes) => SkipNil() ? default : Binary(maxBytes, minBytes: 1);

    /// <summary>Reads a list: checks each element, keeps the bytes.</summary>
    public FrameList<T> List<T>(int maxItems)
        where T : struct, IFrameItem<T>
    {
        if (!Take(out var code)) return default;
        var outer = _remaining;
        if (!ReadCount(code, maxItems, out var count)) return default;
        var start = _position;
        _remaining = count;
        while (_remaining > 0) _ = T.Read(ref this);
        if (_error != ErrorCode.None) return default;
        EndArray(outer);
        return new FrameList<T>(_body[start.._position], count);
    }

    /// <summary>Takes the next element: its first byte, which stays to be read.</summary>
    private bool Take(out byte code)
    {
        if (_remaining > 0 && (uint)_position < (uint)_bytes.Length)
        {
            _remaining--;
            code = _bytes[_position];
            return true;
        }

        code = 0;
        Fail(ErrorCode.BadFrame);
        return false;
    }

    private UserId UserOf(ReadOnlySpan<byte> utf8)
    {
        if (UserId.TryParse(utf8, out var id)) return id;
        FailName(utf8);
        return default;
    }

    private static bool IsString(byte code) => (code & 0xe0) == 0xa0 || code is >= Str8 and <= Str32;

    private bool ReadWideInteger(byte code, out ulong value)
    {
        value = 0;
        if (code is < UInt8Code or > Int64Code)
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        // cc cd ce cf and d0 d1 d2 d3: 1, 2, 4, 8 bytes, unsigned and signed.
        var size = 1 << (code & 3);
        if (_bytes.Length - _position <= size)
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        var digits = _bytes.Slice(_position + 1, size);
        value = size switch
        {
            1 => digits[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(digits),
            4 => BinaryPrimitives.ReadUInt32BigEndian(digits),
            _ => BinaryPrimitives.ReadUInt64BigEndian(digits),
        };
        _position += 1 + size;

        // A signed form is as good as an unsigned one while its sign bit is clear.
        if (code < Int8Code || value >> ((8 * size) - 1) == 0) return true;
        Fail(ErrorCode.BadFrame);
        value = 0;
        return false;
    }

    private bool ReadString(byte code, int maxBytes, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!IsString(code))
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        int length;
        if (code < Str8)
        {
            _position++;
            if (!CheckLength(code & 0x1fu, maxBytes, out length)) return false;
        }
        else if (!ReadLength(code - Str8, maxBytes, out length))
        {
            return false;
        }

        utf8 = _bytes.Slice(_position, length);
        _position += length;
        return true;
    }

    /// <summary>Reads the first byte and the length of 1, 2 or 4 bytes after it.</summary>
    private bool ReadLength(int log2Bytes, int maxBytes, out int length)
    {
        length = 0;
        var size = 1 << log2Bytes;
        if (_bytes.Length - _position <= size)
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        var digits = _bytes.Slice(_position + 1, size);
        var declared = size switch
        {
            1 => digits[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(digits),
            _ => BinaryPrimitives.ReadUInt32BigEndian(digits),
        };
        _position += 1 + size;
        return CheckLength(declared, maxBytes, out length);
    }

    /// <summary>A length beyond the bytes that are there is a broken frame; one beyond its limit is a limit.</summary>
    private bool CheckLength(uint declared, int maxBytes, out int length)
    {
        length = 0;
        if (declared > (uint)(_bytes.Length - _position))
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        if (declared > (uint)maxBytes)
        {
            Fail(ErrorCode.Limit, (ulong)maxBytes);
            return false;
        }

        length = (int)declared;
        return true;
    }

    /// <summary>Reads the header of an array and goes one level down.</summary>
    private bool ReadCount(byte code, int maxItems, out int count)
    {
        count = 0;
        if (++_depth > ProtocolLimits.Depth)
        {
            Fail(ErrorCode.BadFrame);
            return false;
        }

        if ((code & 0xf0) == 0x90)
        {
            // Each element takes a byte at least, so that a count is checked as a length is.
            _position++;
            return CheckLength(code & 0x0fu, maxItems, out count);
        }

        if (code is Array16 or Array32) return ReadLength(code - Array16 + 1, maxItems, out count);
        Fail(ErrorCode.BadFrame);
        return false;
    }

    private bool SkipNil()
    {
        if (_remaining == 0 || _position >= _bytes.Length || _bytes[_position] != Nil) return false;
        _remaining--;
        _position++;
        return true;
    }

    /// <summary>
    /// Skips an element that a later version may have appended: nil, booleans, integers, strings, bytes, arrays within the bounds.
    /// Floats, maps and extensions are faults here as everywhere. Recursion ends at the depth limit.
    /// </summary>
    private void SkipElement()
    {
        if (!Take(out var code)) return;
        if (code is < 0x80 or >= NegativeFixInt or Nil or False or True)
        {
            _position++;
        }
        else if (code is >= UInt8Code and <= Int64Code)
        {
            var bytes = 1 + (1 << (code & 3));
            if (_bytes.Length - _position < bytes) Fail(ErrorCode.BadFrame);
            else _position += bytes;
        }
        else if (IsString(code))
        {
            if (ReadString(code, int.MaxValue, out var utf8) && !Utf8.IsValid(utf8)) Fail(ErrorCode.BadFrame);
        }
        else if (code is >= Bin8 and <= Bin32)
        {
            if (ReadLength(code - Bin8, int.MaxValue, out var length)) _position += length;
        }
        else
        {
            SkipArray(code);
        }
    }

    private void SkipArray(byte code)
    {
        var outer = _remaining;
        if (!ReadCount(code, ProtocolLimits.Elements, out var count)) return;
        _remaining = count;
        EndArray(outer);
    }

    /// <summary>What is text but no name is a bad name; what is no text is a broken frame.</summary>
    private void FailName(ReadOnlySpan<byte> utf8) => Fail(Utf8.IsValid(utf8) ? ErrorCode.BadName : ErrorCode.BadFrame);

    private void Fail(ErrorCode error, ulong argument = 0)
    {
        if (_error == ErrorCode.None)
        {
            _error = error;
            Argument = argument;
        }

        _remaining = 0;
    }
}
