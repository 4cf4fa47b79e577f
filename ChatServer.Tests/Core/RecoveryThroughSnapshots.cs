using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Runtime;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// Recovery of a shard twice: by replay alone, and with each partition written to a snapshot and read back somewhere on the way. Both
/// have to end in the same bytes; the world goes on with either.
/// </summary>
internal sealed class RecoveryThroughSnapshots(PartitionState[] replayed, Random random)
{
    private readonly PartitionState?[] _restored = new PartitionState?[replayed.Length];

    public ShardRecovery Recovery { get; } = new(replayed);

    public void Replay(ulong batchNumber, RecoveredSection section)
    {
        Recovery.Replay(batchNumber, section);
        var id = section.Partition;
        if (_restored[id] is { } restored)
        {
            foreach (var record in section) RecordReplay.Apply(restored, record.Kind, record.Body, new BodyRef(section.Number, record.Span));
        }
        else if (random.Next(8) == 0)
        {
            _restored[id] = Again(replayed[id]);
        }
    }

    /// <summary>The states to go on with.</summary>
    public PartitionState[] Finish()
    {
        var states = replayed.Select((state, id) => _restored[id] ?? Again(state)).ToArray();
        foreach (var state in states)
        {
            Assert.That(PartitionSnapshot.Write(state).AsSpan().SequenceEqual(PartitionSnapshot.Write(replayed[state.Id])), Is.True, $"partition {state.Id}: a snapshot and replay is not replay");
            while (state.Bodies.TryTakeFreed(out _)) { } // the recovery took note of them
        }

        return random.Next(2) == 0 ? states : replayed;
    }

    private static PartitionState Again(PartitionState state) => PartitionSnapshot.Read(PartitionSnapshot.Write(state), state.Id, state.Map, state.Limits);
}
