using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>Replays the log into the partitions, in its order, and checks that each partition's sections form one chain.</summary>
internal sealed class ShardRecovery(PartitionState[] states)
{
    private readonly ulong[] _lastSection = new ulong[states.Length];
    private readonly UInt128[] _lastHash = new UInt128[states.Length];
    private readonly Dictionary<ulong, SectionAddress>[] _live = [.. states.Select(_ => new Dictionary<ulong, SectionAddress>())];

    public ulong LastBatch { get; private set; }

    public int Users => states.Sum(state => state.UserCount);

    public void Replay(ulong batchNumber, RecoveredSection section)
    {
        LastBatch = batchNumber;
        var id = section.Partition;
        if ((uint)id >= (uint)states.Length) throw new InvalidDataException($"Batch {batchNumber} has a section of partition {id}, and there are {states.Length}");
        if (section.Number != _lastSection[id] + 1 || section.PreviousHash != _lastHash[id])
        {
            throw new InvalidDataException($"Batch {batchNumber}: section {section.Number} of partition {id} does not follow section {_lastSection[id]}");
        }

        try
        {
            foreach (var record in section) RecordReplay.Apply(states[id], record.Kind, record.Body, new BodyRef(section.Number, record.Span));
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"Batch {batchNumber}: a record of partition {id} cannot follow those before it: {e.Message}", e);
        }

        _lastSection[id] = section.Number;
        _lastHash[id] = section.Hash;
        var bodies = states[id].Bodies;
        if (bodies.IsLive(section.Number)) _live[id].Add(section.Number, section.Address);
        while (bodies.TryTakeFreed(out var freed)) _live[id].Remove(freed);
    }

    public void HandOver(int id, PartitionSlot slot)
    {
#if MUTANTS
        foreach (var (_, user) in PlantedBugs.Active == PlantedBug.DedupeNotRecovered ? states[id].Users : [])
        {
            foreach (var held in user.Slots) held.Device?.ForgetAnswers();
        }
#endif
        slot.Recovered(_lastSection[id], _lastHash[id], _live[id]);
    }
}
