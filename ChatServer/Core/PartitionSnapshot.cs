using System.Buffers;
using System.Buffers.Binary;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// A <see cref="PartitionImage"/> in one piece, and back. Equal states give equal bytes, whichever way they came about.
/// </summary>
/// <remarks>Four bytes "CSPS", the head, the users in their order, and CRC-32C over all before it.</remarks>
internal static class PartitionSnapshot
{
    private const int ChecksumBytes = sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "CSPS"u8;

    /// <summary>Between drains: a drain under way would be half in it.</summary>
    public static byte[] Write(PartitionState state)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Magic);
        var writer = new RecordWriter(output);
        PartitionImage.WriteHead(writer, state);
        for (var i = 0; i < state.Users.Count; i++) PartitionImage.WriteUser(writer, state, i);
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(ChecksumBytes), Crc32C.Of(output.WrittenSpan));
        output.Advance(ChecksumBytes);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A new state that equals the one written.</summary>
    /// <exception cref="InvalidDataException">Damaged, of another version, or of another partition or map.</exception>
    public static PartitionState Read(ReadOnlySpan<byte> snapshot, int id, PartitionMap map, CoreLimits limits)
    {
        var reader = new RecordReader(Verified(snapshot));
        var restore = new PartitionRestore(id, map, limits);
        restore.TakeHead(ref reader);
        while (!reader.AtEnd) restore.TakeUser(ref reader);
        return restore.Finish();
    }

    private static ReadOnlySpan<byte> Verified(ReadOnlySpan<byte> snapshot)
    {
        if (snapshot.Length < Magic.Length + ChecksumBytes || !snapshot.StartsWith(Magic)) throw new InvalidDataException("This is not a snapshot");
        var covered = snapshot[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(snapshot[^ChecksumBytes..]) != Crc32C.Of(covered)) throw new InvalidDataException("A snapshot is damaged");
        return covered[Magic.Length..];
    }
}
