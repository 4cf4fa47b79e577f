using System.Buffers.Binary;

namespace ChatServer.Storage;

/// <summary>
/// How an envelope lies in the log: FASTER's header (the length of what follows, i32), the envelope, zeros up to the end of a
/// sector. So no later commit writes a sector again that holds acknowledged bytes, and a torn write harms nothing older.
/// </summary>
internal static class LogEntry
{
    /// <summary>FASTER's header of an entry, without its checksums.</summary>
    public const int HeaderBytes = 4;

    /// <summary>Where an entry with this envelope goes when the tail is here, and how long it is with header and padding.</summary>
    public static (long Start, int Length) Place(LogGeometry geometry, long tail, int envelopeBytes)
    {
        var length = Padded(geometry, tail, envelopeBytes);
        if (geometry.OffsetInPage(tail) + length <= geometry.PageBytes) return (tail, length);
        var start = geometry.NextPage(tail);
        return (start, Padded(geometry, start, envelopeBytes));
    }

    /// <summary>The entry at this offset of a page, if it is one and in every part as it was written.</summary>
    public static bool TryRead(LogGeometry geometry, ReadOnlySpan<byte> page, int offset, out BatchHeader header, out int length)
    {
        header = default;
        length = 0;
        if (offset > page.Length - HeaderBytes - BatchHeader.Bytes) return false;
        var entry = page[offset..];
        var content = BinaryPrimitives.ReadInt32LittleEndian(entry);
        if (content < BatchHeader.Bytes || content > entry.Length - HeaderBytes) return false;
        entry = entry.Slice(HeaderBytes, content);
        if (!BatchHeader.TryRead(entry, out header) || header.Length > content) return false;
        length = HeaderBytes + content;
        return (offset + length) % geometry.SectorBytes == 0
            && content - header.Length < geometry.SectorBytes
            && entry[header.Length..].IndexOfAnyExcept((byte)0) < 0
            && BatchFrame.IsIntact(entry[..header.Length]);
    }

    private static int Padded(LogGeometry geometry, long start, int envelopeBytes)
    {
        var end = start + HeaderBytes + envelopeBytes;
        var sector = geometry.SectorBytes;
        return (int)(((end + sector - 1) / sector * sector) - start);
    }
}
