using ChatServer.Core;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>Finds where a start may begin: the newest checkpoint that verifies, then the one before it, then the log's beginning.</summary>
internal static class CheckpointLoading
{
    public static ShardRecovery Load(CheckpointFiles files, PartitionMap map, CoreLimits limits)
    {
        var numbers = files.Numbers;
        var damage = new List<string>();
        foreach (var number in numbers)
        {
            try
            {
                return Load(files, number, numbers, map, limits, damage);
            }
            catch (StorageException refusal)
            {
                damage.Add(refusal.Message);
            }
        }

        var states = Enumerable.Range(0, map.Count).Select(id => new PartitionState(id, map, limits)).ToArray();
        return new ShardRecovery(states, [.. states.Select(_ => PartitionPlace.None)], LogStart.Beginning, new CheckpointState(numbers is [var newest, ..] ? newest : 0, [], damage));
    }

    /// <summary>From one checkpoint and no other.</summary>
    /// <exception cref="StorageException">It does not verify.</exception>
    public static ShardRecovery Load(CheckpointFiles files, ulong number, PartitionMap map, CoreLimits limits) => Load(files, number, files.Numbers, map, limits, []);

    private static ShardRecovery Load(CheckpointFiles files, ulong number, IReadOnlyList<ulong> numbers, PartitionMap map, CoreLimits limits, List<string> damage)
    {
        try
        {
            return LoadVerified(files, number, numbers, map, limits, damage);
        }
        catch (InvalidDataException refusal)
        {
            // Its bytes verify, but they are not what this version, or this directory, can have written.
            throw new StorageException($"{files.PathOf(number)}: {refusal.Message}", refusal);
        }
    }

    private static ShardRecovery LoadVerified(CheckpointFiles files, ulong number, IReadOnlyList<ulong> numbers, PartitionMap map, CoreLimits limits, List<string> damage)
    {
        var restores = Enumerable.Range(0, map.Count).Select(id => new PartitionRestore(id, map, limits)).ToArray();
        var places = new PartitionPlace?[map.Count];
        var states = new PartitionState[map.Count];
        using var pieces = new PartitionPieces(map.Count, (partition, kind, _, content) =>
        {
            if (kind == CheckpointChunk.End)
            {
                states[partition] = restores[partition].Finish();
                return;
            }

            switch ((ImagePiece)kind)
            {
                case ImagePiece.Place: places[partition] = PartitionPlace.Read(content); break;
                case ImagePiece.Head: restores[partition].TakeHead(content); break;
                case ImagePiece.Users: restores[partition].TakeUsers(content); break;
                default: throw new InvalidDataException($"holds a piece of kind {kind}, which this version does not know");
            }
        });
        var start = files.Read(number, out var header, (kind, partition, content) =>
        {
            if ((uint)partition >= (uint)restores.Length) throw new InvalidDataException($"holds partition {partition}, and there are {restores.Length}");
            pieces.Give(partition, kind, 0, content);
        });
        for (var id = 0; id < states.Length; id++) pieces.Give(id, CheckpointChunk.End, 0, []);
        pieces.Complete();
        if (header.Partitions != map.Count || places.Contains(null)) throw new InvalidDataException($"does not hold {map.Count} partitions");
        PartitionPlace[] found = [.. places.OfType<PartitionPlace>()];
        for (var id = 0; id < states.Length; id++) KeepWhatIsNeeded(states[id], found[id]);
        var kept = new List<CheckpointMark> { new(number, header.After) };
        if (numbers.Where(older => older < number).Select(older => (ulong?)older).FirstOrDefault() is { } before && files.TryReadHeader(before, out var olderHeader))
            kept.Insert(0, new CheckpointMark(before, olderHeader.After));
        return new ShardRecovery(states, found, start, new CheckpointState(numbers[0], kept, damage));
    }

    // The image also names what was let go but not yet said when it was taken.
    private static void KeepWhatIsNeeded(PartitionState state, PartitionPlace place)
    {
        foreach (var section in place.Needed.Keys.Where(section => !state.Bodies.IsLive(section)).ToList()) place.Needed.Remove(section);
    }
}
