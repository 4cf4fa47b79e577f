using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// Makes the partitions anew: from the newest checkpoint that verifies, or from nothing, and then by replaying the log behind it, in
/// its order, while checking that each partition's sections form one chain.
/// </summary>
internal sealed class ShardRecovery
{
    private readonly ulong[] _lastSection;
    private readonly UInt128[] _lastHash;
    private readonly Dictionary<ulong, SectionAddress>[] _needed;

    /// <summary>From nothing.</summary>
    public ShardRecovery(PartitionState[] states)
        : this(states, [.. states.Select(_ => PartitionPlace.None)], LogStart.Beginning, CheckpointState.None)
    {
    }

    internal ShardRecovery(PartitionState[] states, PartitionPlace[] places, LogStart start, CheckpointState checkpoints)
    {
        States = states;
        Start = start;
        Checkpoints = checkpoints;
        LastBatch = start.After.Number;
        _lastSection = [.. places.Select(place => place.LastSection)];
        _lastHash = [.. places.Select(place => place.LastHash)];
        _needed = [.. places.Select(place => place.Needed)];
    }

    public PartitionState[] States { get; }

    /// <summary>Where the log has to be followed from.</summary>
    public LogStart Start { get; }

    public CheckpointState Checkpoints { get; }

    /// <summary>The number of the last batch that was replayed.</summary>
    public ulong LastBatch { get; private set; }

    public int Users => States.Sum(state => state.UserCount);

    public void Replay(ulong batchNumber, RecoveredSection section)
    {
        LastBatch = batchNumber;
        Apply(batchNumber, section);
    }

    /// <summary>As <see cref="Replay"/>, and the thread of the partition applies it: done when the pieces are complete.</summary>
    public void Hand(ulong batchNumber, RecoveredSection section, PartitionPieces pieces)
    {
        LastBatch = batchNumber;
        pieces.Give(section.Partition, batchNumber, section.Address.LogAddress - SectionHeader.Bytes, section.Bytes);
    }

    /// <summary>Changes nothing outside its partition, so sections of different ones may be applied at the same time.</summary>
    public void Apply(ulong batchNumber, RecoveredSection section)
    {
        var id = section.Partition;
        if ((uint)id >= (uint)States.Length) throw new InvalidDataException($"Batch {batchNumber} has a section of partition {id}, and there are {States.Length}");
        if (section.Number <= _lastSection[id]) return; // its effects are in the image
        if (section.Number != _lastSection[id] + 1 || section.PreviousHash != _lastHash[id])
        {
            throw new InvalidDataException($"Batch {batchNumber}: section {section.Number} of partition {id} does not follow section {_lastSection[id]}");
        }

        try
        {
            foreach (var record in section) RecordReplay.Apply(States[id], record.Kind, record.Body, new BodyRef(section.Number, record.Span));
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"Batch {batchNumber}: a record of partition {id} cannot follow those before it: {e.Message}", e);
        }

        _lastSection[id] = section.Number;
        _lastHash[id] = section.Hash;
        var bodies = States[id].Bodies;
        if (bodies.IsLive(section.Number)) _needed[id].Add(section.Number, section.Address);
        while (bodies.TryTakeFreed(out var freed)) _needed[id].Remove(freed);
    }

    /// <summary>After the replay: whatever somebody waits for is there.</summary>
    /// <exception cref="StorageException">A segment or a cold file that is needed is missing.</exception>
    public void RequirePayloads(Func<SectionAddress, bool> logHolds, ColdFiles? cold)
    {
        for (var id = 0; id < States.Length; id++)
        {
            foreach (var section in States[id].Bodies.Live)
            {
                if (BodyRef.IsColdFile(section))
                {
                    var number = BodyRef.FileOf(section);
                    if (cold is null || cold.RecordBytes(number) == 0) throw new StorageException($"{cold?.PathOf(number)}: the cold file is missing, and messages in it were not delivered yet");
                }
                else if (!_needed[id].TryGetValue(section, out var address) || !logHolds(address))
                {
                    throw new StorageException($"the log does not hold section {section} of partition {id} any more, and messages in it were not delivered yet");
                }
            }
        }
    }

    /// <summary>Where a section that is needed lies in the log.</summary>
    public SectionAddress AddressOf(int partition, ulong section) => _needed[partition][section];

    public void HandOver(int id, PartitionSlot slot)
    {
#if MUTANTS
        for (var place = 0; PlantedBugs.Active == PlantedBug.DedupeNotRecovered && place < States[id].Users.Count; place++)
        {
            foreach (ref var held in States[id].Users[place].Slots) held.Device?.ForgetAnswers();
        }
#endif
        slot.Recovered(new PartitionPlace(_lastSection[id], _lastHash[id], _needed[id]));
    }
}
