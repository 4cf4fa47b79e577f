using System.Buffers.Binary;
using System.Collections.Concurrent;
using ChatServer.Runtime;
using NUnit.Framework;

namespace ChatServer.Tests.Runtime;

/// <summary>Pieces given by one thread and taken by several: each partition gets its own, in their order, whoever is faster.</summary>
internal sealed class PartitionPiecesTests
{
    private const int Partitions = 8;
    private const int Many = 20_000;

    [Test]
    public void Each_partition_gets_its_pieces_in_their_order_as_they_were_given()
    {
        var next = new ulong[Partitions];
        var threads = new ConcurrentDictionary<int, int>[Partitions];
        for (var i = 0; i < Partitions; i++) threads[i] = [];
        using var pieces = new PartitionPieces(Partitions, (partition, number, place, content) =>
        {
            if (number != next[partition]++ || place != (long)number * 2 || content.Length != Length(number) || BinaryPrimitives.ReadUInt64LittleEndian(content) != number)
                throw new InvalidDataException($"piece {number} of partition {partition}");
            threads[partition][Environment.CurrentManagedThreadId] = 0;
        });
        var content = new byte[Length(499)];
        for (ulong number = 0; number < Many; number++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(content, number);
            for (var partition = 0; partition < Partitions; partition++) pieces.Give(partition, number, (long)number * 2, content.AsSpan(0, Length(number)));
        }

        pieces.Complete();
        Assert.That(next, Is.All.EqualTo((ulong)Many));
        Assert.That(threads.Select(of => of.Count), Is.All.EqualTo(1), "a partition belongs to one thread");
    }

    [Test]
    public void The_first_piece_that_cannot_be_taken_is_told_and_who_gives_does_not_wait_for_ever()
    {
        using var pieces = new PartitionPieces(Partitions, (partition, number, _, _) =>
        {
            if (number >= 100 + (ulong)partition) throw new InvalidDataException($"piece {number} of partition {partition}");
        });
        var content = new byte[1_000];
        for (ulong number = 0; number < Many; number++)
        {
            for (var partition = 0; partition < Partitions; partition++) pieces.Give(partition, number, 0, content);
        }

        Assert.That(pieces.Complete, Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("piece 100 of partition 0"));
    }

    [Test]
    public void A_few_pieces_are_taken_by_the_thread_that_gives()
    {
        var threads = new HashSet<int>();
        using var pieces = new PartitionPieces(Partitions, (_, _, _, _) => threads.Add(Environment.CurrentManagedThreadId));
        for (var partition = 0; partition < Partitions; partition++) pieces.Give(partition, 1, 0, []);
        pieces.Complete();
        Assert.That(threads, Is.EqualTo((int[])[Environment.CurrentManagedThreadId]));
    }

    private static int Length(ulong number) => 8 + ((int)number % 500);
}
