using System.Buffers.Binary;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Core.Records;

/// <summary>
/// Reads what <see cref="RecordWriter"/> wrote. The bytes were verified by the log, so what does not parse is a bug or a newer
/// format, and throws.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly bool AtEnd => _rest.IsEmpty;

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A number in a record is longer than ten bytes");
    }

    public int Count(int limit)
    {
        var count = Number();
        if (count > (ulong)limit) throw new InvalidDataException($"A record holds {count} elements where {limit} are allowed");
        return (int)count;
    }

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public UserId User()
    {
        var bytes = Take(Byte());
        if (bytes.IsEmpty) return default;
        return UserId.TryParse(bytes, out var id) ? id : throw new InvalidDataException("A record holds a malformed user id");
    }

    /// <summary>A user's id as it is, where no string of it is wanted.</summary>
    public ReadOnlySpan<byte> UserBytes()
    {
        var bytes = Take(Byte());
        return UserId.IsValid(bytes) ? bytes : throw new InvalidDataException("A record holds a malformed user id");
    }

    /// <summary>Goes past these bytes if they come next.</summary>
    public bool TrySkip(ReadOnlySpan<byte> bytes)
    {
        if (!_rest.StartsWith(bytes)) return false;
        _rest = _rest[bytes.Length..];
        return true;
    }

    public DeviceId Device()
    {
        var bytes = Take(Byte());
        if (bytes.IsEmpty) return default;
        return DeviceId.TryParse(bytes, out var id) ? id : throw new InvalidDataException("A record holds a malformed device id");
    }

    /// <summary>Everything that follows.</summary>
    public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

    public ReadOnlySpan<byte> Bytes() => Take(Count(int.MaxValue));

    public Hash256 Hash()
    {
        var bytes = Bytes();
        if (bytes.Length != Hash256.Bytes) throw new InvalidDataException($"A record holds a SHA-256 value of {bytes.Length} bytes");
        return Hash256.From(bytes);
    }

    public BodyRef Body()
    {
        var name = Number();
        if (name == 0) return default;
        var record = new RecordSpan(Count(int.MaxValue), Count(int.MaxValue));
        if ((name & 1) == 0) return new BodyRef(name >> 1, record);
        return name >> 1 <= int.MaxValue ? BodyRef.InColdFile((int)(name >> 1), record) : throw new InvalidDataException("A record names a cold file beyond all numbers");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw new InvalidDataException("A record ends before its fields do");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
