using ChatServer.Core;
using ChatServer.Runtime;
using ChatServer.Storage;
using ChatServer.Tests.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// The checkpoints of a world: taken while it goes on between any two pieces, given up when it crashes, and at each crash loaded,
/// replayed and compared with what replay of the whole log says. Now and then the newest is damaged.
/// </summary>
internal sealed class WorldCheckpoints(CoreWorld world, PartitionMap map)
{
    private readonly MemoryFolder _folder = new();
    private readonly Random _random = new(world.Random.Next());
    private CheckpointState _recovered = CheckpointState.None;

    /// <summary>Takes one; false when the world crashed meanwhile.</summary>
    public void Take(MemoryCommitLog log, BetweenDrains between)
    {
        var files = new CheckpointFiles(_folder, 0);
        var checkpointing = new Checkpointing(log, files, map.Count, _recovered, between, _ => log.CompleteCommit(), _random.Next(1, 400));
        try
        {
            checkpointing.Take();
        }
        catch (WorldCrashed)
        {
            world.Saw("a crash while a checkpoint is taken");
            return;
        }

        _recovered = new CheckpointState(checkpointing.Last, checkpointing.Kept, []);
        world.Saw("a checkpoint");
    }

    /// <summary>What a start from the newest checkpoint comes to.</summary>
    public ShardRecovery Recover(MemoryCommitLog log, IReadOnlyList<PartitionState> replayed)
    {
        var files = new CheckpointFiles(_folder, 0);
        if (files.Numbers is [var newest, ..] && _random.Next(8) == 0)
        {
            var name = CheckpointFiles.NameOf(newest);
            _folder[name] = Damaged(_folder[name]);
        }

        var recovery = CheckpointLoading.Load(files, map, world.Settings.Limits);
        if (recovery.Checkpoints.Damage.Count > 0) world.Saw("a damaged checkpoint");
        _recovered = recovery.Checkpoints;
        log.Replay(recovery.Start.After.Number, recovery.Replay);
        Assert.That(recovery.LastBatch, Is.GreaterThanOrEqualTo(recovery.Start.Required), "a checkpoint holds what was not durable");
        foreach (var state in recovery.States)
        {
            Assert.That(PartitionSnapshot.Write(state).AsSpan().SequenceEqual(PartitionSnapshot.Write(replayed[state.Id])), Is.True, $"partition {state.Id}: a checkpoint and replay is not replay");
        }

        return recovery;
    }

    private byte[] Damaged(byte[] content)
    {
        var damaged = content.ToArray();
        var place = _random.Next(damaged.Length);
        switch (_random.Next(3))
        {
            case 0: damaged[place] ^= (byte)(1 << _random.Next(8)); return damaged;
            case 1: return damaged[..place];
            default:
                var zeroed = damaged.AsSpan(place, Math.Min(512, damaged.Length - place));
                if (!zeroed.ContainsAnyExcept((byte)0)) return [];
                zeroed.Clear();
                return damaged;
        }
    }
}
