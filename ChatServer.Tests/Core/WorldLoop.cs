using ChatServer.Core;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Tests.Core;

/// <summary>A loop of the runtime without its thread: the world gives it its turns.</summary>
internal sealed class WorldLoop(ICommitLog log, Turn turn, PartitionSlot?[] slots, ulong lastBatch)
{
    public Turn Turn => turn;

    public LoopPartitions Partitions { get; } = new(log, turn, slots, lastBatch);

    public IEnumerable<PartitionSlot> Slots => slots.OfType<PartitionSlot>();
}
