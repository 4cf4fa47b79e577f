using System.Buffers;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// Takes checkpoints without a pause: each partition's image in pieces, between drains of its loop, and the file completed only when
/// the log is durable up to what the images hold. Then frees the log before the older of the two that are kept. One thread, not a
/// loop's; waits for loops and disk.
/// </summary>
internal sealed class Checkpointing(ICommitLog log, CheckpointFiles files, int partitions, CheckpointState recovered, BetweenDrains between, Action<ulong> awaitDurable, int pieceBytes = Checkpointing.PieceBytes)
{
    /// <summary>So much of an image is taken at once; docs/decisions/0013 has what that costs a loop.</summary>
    public const int PieceBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _piece = new();
    private readonly List<CheckpointMark> _kept = [.. recovered.Kept];
    private long _newestEnd = recovered.Kept is [.., var newest] ? newest.After.EndAddress : CommitMark.Origin.EndAddress;

    /// <summary>The number of the last one that was begun.</summary>
    public ulong Last { get; private set; } = recovered.LastNumber;

    /// <summary>What the images counted otherwise than the partitions do as they go, since the start. 0, or a bug.</summary>
    public long Miscounted { get; private set; }

    /// <summary>Those that a start may use, the older first.</summary>
    public IReadOnlyList<CheckpointMark> Kept => _kept;

    /// <summary>Where the newest checkpoint lets replay begin.</summary>
    public CommitMark Newest => _kept is [.., var newest] ? newest.After : CommitMark.Origin;

    /// <summary>Where the log stood at the newest. Any thread.</summary>
    public long NewestEnd => Interlocked.Read(ref _newestEnd);

    /// <summary>Nothing before this segment is needed for a replay from any checkpoint that is kept.</summary>
    public int ReplaySegment => _kept.Count < CheckpointFiles.Kept ? 0 : log.SegmentOf(new SectionAddress(_kept[0].After.EndAddress));

    /// <summary>Bytes and number of the checkpoint.</summary>
    public (long Bytes, ulong Number) Take()
    {
        var after = log.Mark;
        var number = ++Last;
        using var file = files.Create(number, partitions, after);
        ulong lastBatch = 0;
        for (var partition = 0; partition < partitions; partition++) lastBatch = Math.Max(lastBatch, TakePartition(file, partition));
#if MUTANTS
        if (PlantedBugs.Active != PlantedBug.CheckpointBeforeDurable)
#endif
        awaitDurable(lastBatch);
        file.Complete(lastBatch);
        _kept.Add(new CheckpointMark(number, after));
        Interlocked.Exchange(ref _newestEnd, after.EndAddress);
        if (_kept.Count > CheckpointFiles.Kept) _kept.RemoveAt(0);
        files.Prune([.. _kept.Select(mark => mark.Number)]);
        return (file.Length, number);
    }

    /// <summary>Frees the segments that neither a replay nor anybody who is away needs.</summary>
    public void Free() => log.Release(Math.Min(ReplaySegment, OldestNeededSegment()));

    /// <summary>The first segment with a payload that somebody still needs.</summary>
    public int OldestNeededSegment()
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.LogReleasedTooEarly) return int.MaxValue;
#endif
        var oldest = int.MaxValue;
        PartitionSurvey.Run(partitions, between, slot => oldest = Math.Min(oldest, slot.Stored.OldestSegment));
        return oldest;
    }

    private ulong TakePartition(CheckpointWriter file, int partition)
    {
        PartitionImage? image = null;
        ulong lastBatch = 0;
        var isDone = false;
        var place = new ArrayBufferWriter<byte>();
        var head = new ArrayBufferWriter<byte>();
        _piece.ResetWrittenCount();
        between(partition, loop =>
        {
            var slot = loop.Slot(partition);
            slot.Place.Write(new RecordWriter(place));
            image = PartitionImage.Begin(slot.Partition.State, head);
            lastBatch = loop.LastBatch;
            isDone = TakePiece(image);
        });
        try
        {
            file.Append((uint)ImagePiece.Place, partition, place.WrittenSpan);
            file.Append((uint)ImagePiece.Head, partition, head.WrittenSpan);
            file.Append((uint)ImagePiece.Users, partition, _piece.WrittenSpan);
            while (!isDone)
            {
                between(partition, _ => isDone = TakePiece(image!)); // set by the first act, which has returned
                file.Append((uint)ImagePiece.Users, partition, _piece.WrittenSpan);
            }
        }
        catch (StorageException)
        {
            // A full disk, say: the partition goes on without writing down what it changes.
            between(partition, _ => image?.End());
            throw;
        }

        return lastBatch;
    }

    // On the loop's thread. True with the last piece.
    private bool TakePiece(PartitionImage image)
    {
        _piece.ResetWrittenCount();
        image.Take(_piece, pieceBytes);
        if (!image.IsDone) return false;
        image.End();
        Miscounted += image.Miscounted;
        return true;
    }
}
