using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// Where a partition stands in the log: its last section, that one's hash, and the addresses of the sections whose payloads are
/// needed. Replay goes on behind it.
/// </summary>
internal sealed record PartitionPlace(ulong LastSection, UInt128 LastHash, Dictionary<ulong, SectionAddress> Needed)
{
    /// <summary>Nothing was logged yet.</summary>
    public static PartitionPlace None => new(0, default, []);

    public static PartitionPlace Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var lastSection = reader.Number();
        var hash = new UInt128(reader.Fixed64(), reader.Fixed64());
        var needed = new Dictionary<ulong, SectionAddress>();
        for (var count = reader.Count(int.MaxValue); count > 0; count--) needed.Add(reader.Number(), new SectionAddress((long)reader.Number()));
        return new PartitionPlace(lastSection, hash, needed);
    }

    public void Write(RecordWriter writer)
    {
        writer.Number(LastSection);
        writer.Fixed64((ulong)(LastHash >> 64));
        writer.Fixed64((ulong)LastHash);
        writer.Number((ulong)Needed.Count);
        foreach (var (section, address) in Needed)
        {
            writer.Number(section);
            writer.Number((ulong)address.LogAddress);
        }
    }
}
