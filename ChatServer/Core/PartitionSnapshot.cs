using System.Buffers;
using System.Buffers.Binary;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// Everything durable of a partition as bytes, and back. Equal states give equal bytes, whichever way they came about; payloads are
/// not in it, only where in the log they are. What a session knows (windows, rates, who asked) is not in it either.
/// </summary>
/// <remarks>Four bytes "CSPS", the version, the body, and CRC-32C over all before it. Numbers and ids as in records.</remarks>
internal static class PartitionSnapshot
{
    public const byte Version = 1;

    private const int ChecksumBytes = sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "CSPS"u8;

    /// <summary>Between drains: a drain under way would be half in it.</summary>
    public static byte[] Write(PartitionState state)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Magic);
        var writer = new RecordWriter(output);
        writer.Byte(Version);
        writer.Number((ulong)state.Id);
        writer.Number((ulong)state.Map.Count);
        writer.Number(state.LastTime);
        LaneSnapshot.Write(writer, state.Lanes);
        writer.Number((ulong)state.Users.Count);
        for (var i = 0; i < state.Users.Count; i++) UserSnapshot.Write(writer, state.Users.GetAt(i).Value);
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(ChecksumBytes), Crc32C.Of(output.WrittenSpan));
        output.Advance(ChecksumBytes);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A new state that equals the one written.</summary>
    /// <exception cref="InvalidDataException">Damaged, of another version, or of another partition or map.</exception>
    public static PartitionState Read(ReadOnlySpan<byte> snapshot, int id, PartitionMap map, CoreLimits limits)
    {
        var reader = new RecordReader(Verified(snapshot));
        if (reader.Byte() is var version && version != Version) throw new InvalidDataException($"A snapshot has version {version}, and this program reads {Version}");
        if (reader.Number() != (ulong)id) throw new InvalidDataException($"A snapshot is not of partition {id}");
        if (reader.Number() != (ulong)map.Count) throw new InvalidDataException($"A snapshot is not of a cluster of {map.Count} partitions");
        var state = new PartitionState(id, map, limits) { LastTime = reader.Number() };
        LaneSnapshot.Read(ref reader, state);
        for (var users = reader.Count(int.MaxValue); users > 0; users--) UserSnapshot.Read(ref reader, state);
        if (!reader.AtEnd) throw new InvalidDataException("A snapshot goes on behind its end");
        return state;
    }

    private static ReadOnlySpan<byte> Verified(ReadOnlySpan<byte> snapshot)
    {
        if (snapshot.Length < Magic.Length + ChecksumBytes || !snapshot.StartsWith(Magic)) throw new InvalidDataException("This is not a snapshot");
        var covered = snapshot[..^ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32LittleEndian(snapshot[^ChecksumBytes..]) != Crc32C.Of(covered)) throw new InvalidDataException("A snapshot is damaged");
        return covered[Magic.Length..];
    }
}
