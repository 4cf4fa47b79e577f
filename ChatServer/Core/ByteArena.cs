namespace ChatServer.Core;

/// <summary>
/// Short strings of bytes one behind another in a few large arrays, each named by an address of four bytes: without an object for each,
/// which would cost more than the bytes. Nothing moves; what is replaced by something of another length stays as waste, counted, and
/// the owner makes a new arena when there is too much of it.
/// </summary>
/// <remarks>An address is the number of a chunk and an offset in it; what is longer than a chunk has one of its own.</remarks>
internal sealed class ByteArena
{
    private const int ChunkBits = 14;

    // Below the size at which the runtime treats arrays apart, so that a partition of few users costs little.
    private const int ChunkBytes = 1 << ChunkBits;
    private const int FirstChunkBytes = 64;

    private byte[][] _chunks = [new byte[FirstChunkBytes]];
    private int _count = 1;
    private int _filling;
    private int _used = 1; // address 0 is the empty string

    /// <summary>Bytes that belong to nothing any more.</summary>
    public long Waste { get; private set; }

    /// <summary>Bytes of memory.</summary>
    public long Bytes { get; private set; } = FirstChunkBytes;

    public ReadOnlySpan<byte> this[uint address] => Stored(address);

    public uint Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        var bytes = LengthBytes(value.Length) + value.Length;
        var (chunk, offset) = bytes > ChunkBytes ? (NewChunk(bytes), 0) : Room(bytes);
        var place = _chunks[chunk].AsSpan(offset, bytes);
        var length = (uint)value.Length;
        for (; length >= 0x80; length >>= 7, place = place[1..]) place[0] = (byte)(length | 0x80);
        place[0] = (byte)length;
        value.CopyTo(place[1..]);
        return ((uint)chunk << ChunkBits) | (uint)offset;
    }

    /// <summary>The address of the new value: the old one when it has the same length.</summary>
    public uint Replace(uint address, ReadOnlySpan<byte> value)
    {
        var old = Stored(address);
        if (old.Length == value.Length)
        {
            value.CopyTo(old);
            return address;
        }

        if (address != 0) Waste += LengthBytes(old.Length) + old.Length;
        return Add(value);
    }

    private Span<byte> Stored(uint address)
    {
        var chunk = _chunks[address >> ChunkBits];
        var offset = (int)(address & (ChunkBytes - 1));
        int length = chunk[offset++];
        if (length < 0x80) return chunk.AsSpan(offset, length);
        length &= 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            var next = chunk[offset++];
            length |= (next & 0x7F) << shift;
            if (next < 0x80) return chunk.AsSpan(offset, length);
        }
    }

    private (int Chunk, int Offset) Room(int bytes)
    {
        var size = _chunks[_filling].Length;
        if (_used + bytes > size && size < ChunkBytes)
        {
            while (size < ChunkBytes && size < _used + bytes) size *= 2;
            Bytes += size - _chunks[_filling].Length;
            Array.Resize(ref _chunks[_filling], size);
        }

        if (_used + bytes > size) (_filling, _used) = (NewChunk(ChunkBytes), 0);
        var offset = _used;
        _used += bytes;
        return (_filling, offset);
    }

    private int NewChunk(int bytes)
    {
        Invariant.Holds(_count < 1 << (32 - ChunkBits), "what a partition knows of its users fits four gigabytes");
        if (_count == _chunks.Length) Array.Resize(ref _chunks, _count * 2);
        _chunks[_count] = new byte[bytes];
        Bytes += bytes;
        return _count++;
    }

    private static int LengthBytes(int length)
    {
        var bytes = 1;
        for (; length >= 0x80; length >>= 7) bytes++;
        return bytes;
    }
}
