using ChatServer.Core;
using ChatServer.Runtime;
using ChatServer.Storage;
using ChatServer.Tests.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// The upkeep of a world: checkpoints and cold files, made while it goes on between any two pieces, given up when it crashes. At each
/// crash the newest checkpoint is loaded, replayed and compared with what replay of the whole log says; now and then it is damaged.
/// </summary>
internal sealed class WorldCheckpoints(CoreWorld world, PartitionMap map)
{
    private readonly MemoryFolder _folder = new();
    private readonly MemoryFolder _coldFolder = new();
    private readonly Random _random = new(world.Random.Next());
    private CheckpointState _recovered = CheckpointState.None;
    private ColdFiles? _cold;
    private Relocation? _relocation;

    public ColdFiles Cold => _cold ??= ColdFiles.Open(_coldFolder, 0);

    /// <summary>A checkpoint, then those who are away are moved out of the way, then the log is released.</summary>
    public void KeepUp(MemoryCommitLog log, BetweenDrains between, InDrain inDrain)
    {
        var files = new CheckpointFiles(_folder, 0);
        var checkpointing = new Checkpointing(log, files, map.Count, _recovered, between, _ => log.CompleteCommit(), _random.Next(1, 400));
        var relocation = _relocation ??= new Relocation(log, Cold, map.Count, between, inDrain, _random.Next(1, 20), _random.Next(1, 2_000), _random.Next(1, 4));
        var full = _random.Next(4) == 0 ? _random.Next(1, 60) : int.MaxValue;
        _folder.IsFull = _coldFolder.IsFull = () => --full < 0;
        try
        {
            checkpointing.Take();
            _recovered = new CheckpointState(checkpointing.Last, checkpointing.Kept, []);
            Assert.That(checkpointing.Miscounted, Is.Zero, "an image counts otherwise");
            world.Saw("a checkpoint");
            var kept = (ulong)world.Settings.RetentionMilliseconds;
            relocation.Run(_random.Next(3) == 0 ? int.MaxValue : checkpointing.ReplaySegment, world.Now > kept ? world.Now - kept : 0);
            checkpointing.Free();
        }
        catch (WorldCrashed)
        {
            world.Saw("a crash during upkeep");
        }
        catch (StorageException failure) when (failure.IsDiskFull)
        {
            world.Saw("a full disk during upkeep");
        }

        if (relocation.Moved > 0) world.Saw("a record moved to a cold file");
        if (relocation.Expired > 0) world.Saw("an entry expired");
        if (relocation.Spilled > 0) world.Saw("a run spilled");
        if (relocation.Removed > 0) world.Saw("a cold file removed");
    }

    /// <summary>Everything volatile is gone.</summary>
    public void Crash() => (_cold, _relocation) = (null, null);

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

        recovery.RequirePayloads(log.Holds, Cold);
        return recovery;
    }

    private byte[] Damaged(byte[] content)
    {
        if (content.Length == 0) return content; // nothing is left of it
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
