using System.Net;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// One running shard: the log, its partitions spread over loops, and what they share. Made by hand from parts the host chose; recovers
/// before it starts, so nobody is served from half a state.
/// </summary>
internal sealed class Shard : IDisposable
{
    private readonly Loop[] _loops;
    private readonly LoopRoutes _routes;
    private readonly ITransport[] _transports;
    private readonly PasswordHashing? _passwords;
    private readonly ShardOptions _options;
    private readonly ICommitLog _log;
    private readonly Upkeep? _upkeep;
    private readonly ShardStores? _stores;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="options">Bounds and settings.</param>
    /// <param name="openLog">Opens the log and replays it into the partitions, from where it is told to.</param>
    /// <param name="makeTransport">One for each loop.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stores">Where checkpoints and cold files are; null: there are none, and everything is replayed. The shard's own.</param>
    /// <param name="takePassword">Who hashes passwords; null: threads of the shard. False: not now.</param>
    public Shard(ShardOptions options, Func<LogStart, ReplaySection, ICommitLog> openLog, Func<ITransport> makeTransport, TimeProvider time, ShardStores? stores = null, Func<PasswordJob, bool>? takePassword = null)
    {
        _options = options;
        _stores = stores;
        var count = options.Rules.Map.Count;
        var turns = new Turn[options.Loops];
        for (var i = 0; i < turns.Length; i++) turns[i] = new Turn();
        _routes = new LoopRoutes(options.Loops);

        var recovery = stores is null
            ? new ShardRecovery([.. Enumerable.Range(0, count).Select(id => new PartitionState(id, options.Rules.Map, options.Limits))])
            : CheckpointLoading.Load(stores.Checkpoints, options.Rules.Map, options.Limits);
        foreach (var damage in recovery.Checkpoints.Damage) Log.CheckpointUnusable(damage);
        _log = Open(recovery, openLog);
        recovery.RequirePayloads(_log.Holds, stores?.Cold);
        States = recovery.States;
        var slots = new PartitionSlot?[options.Loops][];
        for (var i = 0; i < slots.Length; i++) slots[i] = new PartitionSlot?[count];
        for (var id = 0; id < count; id++)
        {
            var index = _routes.IndexOf(id);
            var slot = new PartitionSlot(new Partition(recovery.States[id], turns[index]), _log, stores?.Cold);
            recovery.HandOver(id, slot);
            slots[index][id] = slot;
        }

        Users = recovery.Users;
        RecoveredBatches = recovery.LastBatch;
        if (takePassword is null) takePassword = (_passwords = new PasswordHashing()).TryEnqueue;
        _transports = new ITransport[options.Loops];
        _loops = new Loop[options.Loops];
        var ids = new SessionIds();
        for (var i = 0; i < _loops.Length; i++)
        {
            var transport = _transports[i] = makeTransport();
            var partitions = new LoopPartitions(_log, turns[i], slots[i], recovery.LastBatch);
            var sessions = new LoopSessions(transport, partitions, _routes, turns[i], options.Rules, options.Loop, takePassword, ids);
            _loops[i] = new Loop(i, transport, _log, partitions, sessions, _routes, turns[i], options.Loop, time);
            _routes.Set(i, _loops[i]);
            _log.OnDurable(_loops[i].Wake);
        }

        _log.OnFailure(e => _failed.TrySetException(e));
        if (stores is not null) _upkeep = new Upkeep(_log, _routes, stores, recovery.Checkpoints, count, options.Upkeep, time, e => _failed.TrySetException(e));
    }

    /// <summary>Users that recovery found.</summary>
    public int Users { get; }

    /// <summary>The number of the last batch that recovery found, which is how many were ever written.</summary>
    public ulong RecoveredBatches { get; }

    /// <summary>What became of every message. Any thread.</summary>
    public MessageAccount Account => _loops.Aggregate(default(MessageAccount), (account, loop) => account + loop.Account);

    /// <summary>What the images of checkpoints counted otherwise. 0, or a bug. Any thread.</summary>
    public long Miscounted => _upkeep?.Miscounted ?? 0;

    /// <summary>Checkpoints since the start. Any thread.</summary>
    public long Checkpoints => _upkeep?.Checkpoints ?? 0;

    public long LogDiskBytes => _log.DiskBytes;

    public long ColdDiskBytes => _stores?.Cold.DiskBytes ?? 0;

    /// <summary>Where clients connect, once <see cref="Start"/> has returned.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>For a simulation, which gives them their turns instead of <see cref="Start"/>.</summary>
    internal IReadOnlyList<Loop> Loops => _loops;

    /// <summary>For a simulation, which lets it do its work without its thread.</summary>
    internal Upkeep? Upkeep => _upkeep;

    /// <summary>For audits, by partition. Belong to the loops.</summary>
    internal IReadOnlyList<PartitionState> States { get; }

    /// <summary>Ends with an error when a loop or the log failed: the process has to stop, since nothing more can be promised.</summary>
    public Task Failed { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        if (_options.EndPoint is { } endPoint) EndPoint = _transports[0].Listen(endPoint, _options.Accept);
        foreach (var loop in _loops) loop.Start();
        _upkeep?.Start();
        Failed = Task.WhenAny([_failed.Task, .. _loops.Select(loop => loop.Ended)]).Unwrap();
    }

    /// <summary>Says goodbye, makes durable what was taken in, closes. Returns when all loops have ended.</summary>
    public async Task StopAsync(TimeSpan deadline)
    {
        _upkeep?.Stop();
        foreach (var loop in _loops) loop.RequestStop(deadline);
        await Task.WhenAny(Task.WhenAll(_loops.Select(loop => loop.Ended)), _failed.Task);
    }

    /// <summary>Does something on a partition; completes when it is durable.</summary>
    public Task<ErrorCode> AdministerAsync(int partition, Func<Partition, ErrorCode> act)
    {
        var mail = new AdministrativeAct(partition, act);
        _routes.Post(partition, new Mail.Administer(mail));
        return mail.Done;
    }

    /// <summary>As <see cref="Upkeep.AfterCheckpointAsync"/>.</summary>
    public Task<T> AfterCheckpointAsync<T>(Func<CancellationToken, T> work) =>
        _upkeep?.AfterCheckpointAsync(work) ?? throw new InvalidOperationException("This shard keeps no checkpoints");

    public int PartitionOf(UserId user) => _options.Rules.Map.Of(user);

    public int Partitions => _options.Rules.Map.Count;

    public void Dispose()
    {
        _upkeep?.Stop();
        foreach (var loop in _loops) loop.Dispose();
        _passwords?.Dispose();
        _log.Dispose();
        _upkeep?.Dispose();
        _stores?.Dispose();
    }

    // What a damaged checkpoint would have replaced may be gone from the log: then both are to be told.
    private static ICommitLog Open(ShardRecovery recovery, Func<LogStart, ReplaySection, ICommitLog> openLog)
    {
        try
        {
            using var pieces = new PartitionPieces(recovery.States.Length, (_, batch, place, section) => recovery.Apply(batch, new RecoveredSection(section, place)));
            var log = openLog(recovery.Start, (batch, section) => recovery.Hand(batch, section, pieces));
            try
            {
                pieces.Complete();
                return log;
            }
            catch
            {
                log.Dispose();
                throw;
            }
        }
        catch (StorageException refusal) when (recovery.Checkpoints.Damage is [var first, ..])
        {
            throw new StorageException($"{refusal.Message}; {first}", refusal);
        }
    }
}
