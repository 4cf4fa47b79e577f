using System.Buffers.Binary;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>What a snapshot refuses. That replay and snapshot-plus-replay agree is shown by every crash of <see cref="CoreWorld"/>.</summary>
internal sealed class PartitionSnapshotTests
{
    private static readonly PartitionMap Map = new(1, 7);

    [Test]
    public void What_was_read_writes_the_same_bytes()
    {
        var bytes = Sample();
        Assert.That(PartitionSnapshot.Write(Read(bytes)), Is.EqualTo(bytes));
    }

    [Test]
    public void Every_damaged_byte_is_found()
    {
        var bytes = Sample();
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            Assert.That(() => Read(damaged), Throws.InstanceOf<InvalidDataException>(), $"byte {i}");
        }
    }

    [Test]
    public void Every_missing_end_is_found()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++) Assert.That(() => Read(bytes[..length]), Throws.InstanceOf<InvalidDataException>(), $"{length} bytes");
    }

    [Test]
    public void A_snapshot_of_another_partition_or_map_is_refused()
    {
        var bytes = Sample();
        Assert.That(() => PartitionSnapshot.Read(bytes, 1, Map, new CoreLimits()), Throws.InstanceOf<InvalidDataException>());
        Assert.That(() => PartitionSnapshot.Read(bytes, 0, new PartitionMap(2, 7), new CoreLimits()), Throws.InstanceOf<InvalidDataException>());
        Assert.That(() => PartitionSnapshot.Read(bytes, 0, Map, new CoreLimits { DevicesPerUser = 2 }), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void A_token_hash_of_another_length_is_refused_as_damage()
    {
        // Found by fuzzing: everything around it is right, the checksum too.
        var body = Convert.FromHexString("01000200000000f70000d30a6b000000000000050101000200000000f70000d30a6b00000000000005616c6963656c00616c6963656c00");
        byte[] snapshot = [.. "CSPS"u8, .. body, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(snapshot.AsSpan(^4), Crc32C.Of(snapshot.AsSpan(..^4)));
        Assert.That(() => PartitionSnapshot.Read(snapshot, 0, new PartitionMap(2, 7), new CoreLimits()), Throws.InstanceOf<InvalidDataException>());
    }

    private static PartitionState Read(byte[] bytes) => PartitionSnapshot.Read(bytes, 0, Map, new CoreLimits());

    // Two users with devices, an answer that is not settled, an entry that waits, marks.
    private static byte[] Sample()
    {
        using var core = new CoreFixture(Map);
        core.Open("alice", 1);
        core.Open("bob", 2);
        core.Send(1, "bob", 1, "hello");
        core.Send(1, "nobody", 2, "hello?");
        core.Send(2, "alice", 1, "hello yourself");
        core.Input(partition => partition.Receive(1, UserId.Parse("bob"), 2, 1));
        core.Input(partition => partition.Close(2));
        return PartitionSnapshot.Write(core.State);
    }
}
