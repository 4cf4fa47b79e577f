using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>Reads a cold file from front to back: all of it as it was written, and its records fill it exactly.</summary>
internal static class ColdFileVerification
{
    private const int BufferBytes = 1 << 20;

    public static void Run(BlockFile file, int number, UInt128 history)
    {
        var header = ColdFileHeader.Read(file, number, history);
        var end = ColdFileHeader.Bytes + header.RecordBytes;
        var hash = new XxHash128();
        var buffer = new byte[2 * BufferBytes];
        var records = 0;
        var held = 0;
        for (long offset = ColdFileHeader.Bytes; offset < end || held > 0;)
        {
            var length = (int)Math.Min(BufferBytes, end - offset);
            file.Read(buffer.AsSpan(held, length), offset);
            hash.Append(buffer.AsSpan(held, length));
            offset += length;
            held += length;
            var used = CountRecords(buffer.AsSpan(0, held), ref records);
            if (used == 0) throw new StorageException($"{file.Path}: offset {offset - held}: a record does not verify");
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
        }

        Span<byte> footer = stackalloc byte[ColdFileHeader.FooterBytes];
        file.Read(footer, end);
        if (records != header.Records || BinaryPrimitives.ReadUInt128LittleEndian(footer) != hash.GetCurrentHashAsUInt128())
            throw new StorageException($"{file.Path}: offset {end}: the file does not verify");
    }

    private static int CountRecords(ReadOnlySpan<byte> bytes, ref int records)
    {
        var used = 0;
        while (bytes.Length - used >= RecordFrame.HeaderBytes)
        {
            var body = RecordFrame.BodyLength(bytes[used..]);
            if (body < 0 || body > bytes.Length - used - RecordFrame.HeaderBytes) return used;
            var length = RecordFrame.HeaderBytes + body;
            if (!RecordFrame.IsIntact(bytes.Slice(used, length))) return used;
            used += length;
            records++;
        }

        return used;
    }
}
