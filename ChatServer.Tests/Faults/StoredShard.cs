using System.Text;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// A shard as the server makes it, log, checkpoints, cold files and partitions, on a disk of the test's, with one loop whose turns the
/// test takes: the same script makes the same calls. Small pages and segments, so that little is written for many files.
/// </summary>
internal sealed class StoredShard : IDisposable
{
    private const int Partitions = 4;
    private const int PageBytes = 32 * 1024;
    private const int SegmentBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DataDirectory _directory;
    private readonly ColdFiles? _cold;
    private readonly FasterCommitLog? _log;
    private readonly LoopPartitions _partitions;
    private readonly Checkpointing _checkpointing;
    private readonly Relocation _relocation;
    private readonly Turn _turn = new() { Now = 1_000_000 };
    private readonly AutoResetEvent _news = new(false);
    private volatile Exception? _failure;
    private bool _hasLoopEnded;

    private StoredShard(string path, CallDisk disk)
    {
        _directory = DataDirectory.Open(path, Partitions);
        try
        {
            Map = new PartitionMap(_directory.PartitionCount, _directory.HashSeed);
            var checkpoints = new CheckpointFiles(Folder(disk, "checkpoint"), _directory.History);
            _cold = ColdFiles.Open(Folder(disk, "cold"), _directory.History);
            var recovery = CheckpointLoading.Load(checkpoints, Map, new CoreLimits());
            _log = FasterCommitLog.Open(_directory, Options(disk), recovery.Start, recovery.Replay);
            recovery.RequirePayloads(_log.Holds, _cold);
            DamagedCheckpoints = recovery.Checkpoints.Damage.Count;
            var slots = new PartitionSlot?[Map.Count];
            for (var id = 0; id < slots.Length; id++)
            {
                var slot = new PartitionSlot(new Partition(recovery.States[id], _turn), _log, _cold);
                recovery.HandOver(id, slot);
                slots[id] = slot;
            }

            _partitions = new LoopPartitions(_log, _turn, slots, recovery.LastBatch);
            _checkpointing = new Checkpointing(_log, checkpoints, Map.Count, recovery.Checkpoints, (_, act) => act(_partitions), AwaitDurable);
            _relocation = new Relocation(_log, _cold, Map.Count, (_, act) => act(_partitions), InDrain);
            _log.OnDurable(() => _news.Set());
            _log.OnFailure(Fail);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public PartitionMap Map { get; }

    /// <summary>What stopped it; null while it goes on.</summary>
    public Exception? Failure => _failure;

    public ulong DurableBatch => Log.Durable.BatchNumber;

    /// <summary>Checkpoints that the start found not to verify.</summary>
    public int DamagedCheckpoints { get; }

    private FasterCommitLog Log => _log ?? throw new InvalidOperationException("The log is open");

    public static StoredShard Open(string path, CallDisk? disk = null)
    {
        var shard = new StoredShard(path, disk ?? new CallDisk());
        shard.Turn(partitions => partitions.EnterAllWithPosts());
        if (shard._failure is not { } failure) return shard;
        shard.Dispose();
        throw failure;
    }

    /// <summary>One drain, made durable; what it says is said then. It is up to the log to say nothing more after a failure.</summary>
    public List<Said> Turn(Action<LoopPartitions> inputs)
    {
        var said = new List<Said>();
        if (_hasLoopEnded) return said;
        _turn.Now += 10;
        try
        {
            inputs(_partitions);
            EndDrain(said);
        }
        catch (Exception failure) when (failure is InvalidDataException or StorageException)
        {
            _hasLoopEnded = true; // a body does not verify or cannot be read
            Fail(failure);
        }

        return said;
    }

    /// <summary>Payloads that are durable are read from the disk from now on.</summary>
    public void ForgetBodies() => _partitions.LetGo(0);

    /// <summary>As the server's upkeep does; false when it is to be tried again later.</summary>
    public bool TryKeepUp()
    {
        if (_failure is not null) return false;
        try
        {
            _checkpointing.Take();
            _relocation.Run(_checkpointing.ReplaySegment, keptSince: 0);
            _checkpointing.Free();
            return true;
        }
        catch (StorageException failure) when (failure.IsDiskFull && _failure is null)
        {
            return false;
        }
        catch (StorageException failure)
        {
            _hasLoopEnded = true; // the server's process ends
            Fail(failure);
            return false;
        }
    }

    public void Dispose() => Close();

    private static CommitLogOptions Options(CallDisk disk) => new()
    {
        PageBytes = PageBytes, MemoryBytes = 4 * PageBytes, SegmentBytes = SegmentBytes, LazyCommit = TimeSpan.FromHours(1),
        MarkDelay = disk.HasLateMarks ? TimeSpan.FromHours(1) : TimeSpan.Zero, OpenFile = disk.Open,
    };

    private BlockFolder Folder(CallDisk disk, string name)
    {
        var path = Path.Combine(_directory.FullPath, name);
        DataDirectory.CreateDirectory(path);
        return disk.Folder(path);
    }

    private void EndDrain(List<Said> said)
    {
        while (!_partitions.TryEndDrain(_ => throw new InvalidOperationException("There is one loop"), (from, to, upTo) => _partitions.Hear(from, to, upTo)))
        {
            Log.RequestCommit();
            if (_failure is not null) return;
            Assert.That(_news.WaitOne(Patience), Is.True, "the log neither takes a batch nor fails");
        }

        Commit(_partitions.LastBatch);
        _partitions.Release((in HeldOutputs.Released released) => said.Add(Read(released.Output)));
    }

    private Said Read(in Output output)
    {
        if (output.Kind != OutputKind.Message) return new Said(output);
        var reader = new RecordReader(_partitions.Body(output.Partition, output.Body));
        var message = Authored.Read(ref reader);
        return new Said(output, message.Sender, message.SendNumber, Encoding.UTF8.GetString(message.Payload));
    }

    private void InDrain(int partition, Action<Partition> input)
    {
        var said = new List<Said>();
        input(_partitions.Enter(partition));
        EndDrain(said);
        Assert.That(said, Is.Empty, "what is moved is nobody's business");
        if (_failure is not null) throw new StorageException("the log has failed", _failure);
    }

    private void AwaitDurable(ulong batch)
    {
        Commit(batch);
        if (!Log.Durable.Covers(batch)) throw new StorageException("the log has failed", _failure);
    }

    private void Commit(ulong batch)
    {
        Log.RequestCommit();
        while (!Log.Durable.Covers(batch) && _failure is null) Assert.That(_news.WaitOne(Patience), Is.True, "the log neither commits nor fails");
    }

    private void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _news.Set();
    }

    private void Close()
    {
        _log?.Dispose();
        _cold?.Dispose();
        _directory.Dispose();
    }
}
