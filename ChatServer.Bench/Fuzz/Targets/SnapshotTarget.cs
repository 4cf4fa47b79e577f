using System.Buffers.Binary;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// Snapshots of partitions: refused as damaged, or a state whose snapshot is read again as the same. The first byte says whether magic,
/// version and checksum are put around the rest, so that the search comes to the fields.
/// </summary>
internal sealed class SnapshotTarget : FuzzTarget
{
    private const byte Sealed = 1;
    private const int HeadBytes = 4;
    private const int ChecksumBytes = 4;

    private static readonly PartitionMap Map = SessionWorld.NewMap();
    private static readonly CoreLimits Limits = new();

    public override string Name => "snapshot";

    public override string About => "snapshots of partitions, with and without a right checksum";

    /// <summary>A user of thirty bytes can be an object with slots for devices and strings, beside the row and its places in tables.</summary>
    public override FuzzBounds Bounds => new(64, 64 * 1_024, TimeSpan.FromMilliseconds(10));

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. SessionWorld.Snapshots(Map).SelectMany(snapshot => new byte[][] { [0, .. snapshot], [Sealed, .. snapshot[HeadBytes..^ChecksumBytes]] })];

    public override IReadOnlyList<byte[]> Dictionary { get; } =
        [[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x00], [5, .. "alice"u8], [3, .. "bob"u8], [32, .. new byte[32]]];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length == 0) return;
        var snapshot = (input[0] & Sealed) != 0 ? Seal(input.AsSpan(1)) : input.AsSpan(1).ToArray();
        PartitionState state;
        try
        {
            meter.Start();
            state = PartitionSnapshot.Read(snapshot, 0, Map, Limits);
            meter.Stop();
        }
        catch (InvalidDataException)
        {
            // The documented way to say no.
            meter.Stop();
            return;
        }

        var written = PartitionSnapshot.Write(state);
        Oracle.Holds(PartitionSnapshot.Write(PartitionSnapshot.Read(written, 0, Map, Limits)).AsSpan().SequenceEqual(written), "what was read is written and read as the same");
    }

    private static byte[] Seal(ReadOnlySpan<byte> body)
    {
        byte[] snapshot = [.. "CSPS"u8, .. body, .. new byte[ChecksumBytes]];
        BinaryPrimitives.WriteUInt32LittleEndian(snapshot.AsSpan(snapshot.Length - ChecksumBytes), Crc32C.Of(snapshot.AsSpan(0, snapshot.Length - ChecksumBytes)));
        return snapshot;
    }
}
