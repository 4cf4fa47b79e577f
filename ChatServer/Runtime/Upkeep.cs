using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// The thread that keeps the storage bounded: a checkpoint every so many bytes of log, then what is not needed any more goes. It asks
/// the loops for short acts between their drains and does all the waiting itself.
/// </summary>
internal sealed class Upkeep : IDisposable
{
    private readonly ICommitLog _log;
    private readonly LoopRoutes _routes;
    private readonly UpkeepOptions _options;
    private readonly Action<Exception> _failed;
    private readonly TimeProvider _time;
    private readonly Checkpointing _checkpointing;
    private readonly Relocation _relocation;
    private readonly Thread _thread;
    private readonly AutoResetEvent _durable = new(false);
    private volatile bool _awaitsDurable;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Action> _requests = new();
    private long _tidied;
    private long _miscounted;
    private long _checkpoints;

    /// <param name="log">The log that is kept bounded.</param>
    /// <param name="routes">The loops.</param>
    /// <param name="stores">Where checkpoints and cold files go.</param>
    /// <param name="recovered">Those that the start found.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="options">When.</param>
    /// <param name="time">The clock.</param>
    /// <param name="failed">Called once with what makes the storage unsafe; on this thread, which then ends.</param>
    public Upkeep(ICommitLog log, LoopRoutes routes, ShardStores stores, CheckpointState recovered, int partitions, UpkeepOptions options, TimeProvider time, Action<Exception> failed)
    {
        _log = log;
        _routes = routes;
        _options = options;
        _failed = failed;
        _time = time;
        _tidied = time.GetTimestamp();
        _checkpointing = new Checkpointing(log, stores.Checkpoints, partitions, recovered, Between, AwaitDurable);
        _relocation = new Relocation(log, stores.Cold, partitions, Between, InDrain);
        _thread = new Thread(Run) { Name = "upkeep", IsBackground = true };
    }

    /// <summary>As <see cref="Checkpointing.Miscounted"/>. Any thread.</summary>
    public long Miscounted => Interlocked.Read(ref _miscounted);

    /// <summary>Checkpoints that were taken since the start. Any thread.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    /// <summary>
    /// How a simulation, which has no thread to wait on, waits: it goes on until the condition holds, or throws when the process ends.
    /// Null: this thread waits.
    /// </summary>
    internal Action<Func<bool>>? WaitFor { get; set; }

    /// <summary>Whether enough was logged for another checkpoint.</summary>
    internal bool IsDue => _log.Mark.EndAddress - _checkpointing.NewestEnd >= _options.CheckpointBytes;

    public void Start()
    {
        // Commits come by the thousand a second; only one of them has to wake anybody here.
        _log.OnDurable(() =>
        {
            if (_awaitsDurable || IsDue) _durable.Set();
        });
        _thread.Start();
    }

    /// <summary>
    /// Has something done on this thread behind a fresh checkpoint: while it runs, nothing of the storage is released or removed.
    /// </summary>
    /// <param name="work">Gives up when the upkeep stops.</param>
    /// <exception cref="StorageException">The checkpoint or the work met something that it could not write.</exception>
    public async Task<T> AfterCheckpointAsync<T>(Func<CancellationToken, T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue(() =>
        {
            try
            {
                _checkpointing.Take();
                done.TrySetResult(work(_stop.Token));
            }
            catch (Exception failure) when (failure is StorageException or IOException or UnauthorizedAccessException)
            {
                // The place it was to go to, or a full disk: whoever asked is told. The log speaks up for itself.
                done.TrySetException(failure as StorageException ?? new StorageException(failure.Message, failure));
            }
        });
        _durable.Set();
        using var stopped = _stop.Token.Register(() => done.TrySetCanceled(_stop.Token));
        return await done.Task;
    }

    /// <summary>Gives up what is under way; the loops may still run.</summary>
    public void Stop()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        _durable.Set();
        if (!_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted)) _thread.Join();
    }

    /// <summary>After the log, which tells of every commit until its end.</summary>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        _durable.Dispose();
    }

    /// <summary>Removes what a crash left behind.</summary>
    internal void Begin() => _relocation.RemoveUnneeded();

    private void Run()
    {
        try
        {
            Begin();
            while (!_stop.IsCancellationRequested)
            {
                if (_requests.TryDequeue(out var request)) request();
                else if (IsDue) WaitUnless(TryKeepUp());
                else if (UntilTidying() is { } wait && wait > TimeSpan.Zero) _durable.WaitOne(wait);
                else WaitUnless(TryTidy());
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Half a checkpoint stays behind under its temporary name; the next start removes it.
        }
        catch (Exception failure)
        {
            _failed(failure);
        }
    }

    /// <summary>One checkpoint, and what it makes unneeded goes; false when the disk is full.</summary>
    internal bool TryKeepUp()
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var (bytes, number) = _checkpointing.Take();
            Interlocked.Increment(ref _checkpoints);
            if (_checkpointing.Miscounted != Miscounted) Log.Miscounted(_checkpointing.Miscounted);
            Interlocked.Exchange(ref _miscounted, _checkpointing.Miscounted);
            Tidy();
            Log.CheckpointTaken(number, bytes, _log.DiskBytes, Stopwatch.GetElapsedTime(started));
            return true;
        }
        catch (StorageException failure) when (failure.IsDiskFull)
        {
            Postpone(failure);
            return false;
        }
    }

    // What needs no room goes all the same: it may be what makes some.
    private void Postpone(StorageException failure)
    {
        Log.CheckpointPostponed(failure.Message);
        _relocation.RemoveUnneeded();
        _checkpointing.Free();
    }

    // Time passes for what waits even where nothing is logged.
    private bool TryTidy()
    {
        try
        {
            Tidy();
            return true;
        }
        catch (StorageException failure) when (failure.IsDiskFull)
        {
            Postpone(failure);
            return false;
        }
    }

    private void Tidy()
    {
        _relocation.Run(_checkpointing.ReplaySegment, KeptSince());
        _checkpointing.Free();
        _tidied = _time.GetTimestamp();
    }

    private TimeSpan UntilTidying() => _options.TidyInterval - _time.GetElapsedTime(_tidied);

    private void WaitUnless(bool done)
    {
        if (!done) _stop.Token.WaitHandle.WaitOne(_options.FullDiskRetry);
    }

    private void Between(int partition, Action<LoopPartitions> act)
    {
        using var done = new ManualResetEventSlim();
        ExceptionDispatchInfo? failure = null;
        _routes.Post(partition, new Mail.Between(loop =>
        {
            try
            {
                act(loop);
            }
            catch (Exception e)
            {
                // A broken invariant: the loop must not go on either.
                failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
            finally
            {
                done.Set();
            }
        }));
        if (WaitFor is { } waitFor) waitFor(() => done.IsSet);
        else done.Wait(_stop.Token);
        failure?.Throw();
    }

    private ulong KeptSince()
    {
        var since = _time.GetUtcNow() - _options.Retention;
        return since <= DateTimeOffset.UnixEpoch ? 0 : (ulong)since.ToUnixTimeMilliseconds();
    }

    private void InDrain(int partition, Action<Partition> input)
    {
        var act = new AdministrativeAct(partition, state =>
        {
            input(state);
            return ErrorCode.None;
        });
        _routes.Post(partition, new Mail.Administer(act));
        if (WaitFor is { } waitFor) waitFor(() => act.Done.IsCompleted);
        else act.Done.Wait(_stop.Token);
    }

    private void AwaitDurable(ulong batch)
    {
        _awaitsDurable = true;
        Interlocked.MemoryBarrier(); // who commits sees it, or this thread sees what was committed
        while (!_log.Durable.Covers(batch))
        {
            _stop.Token.ThrowIfCancellationRequested();
            _log.RequestCommit();
            if (WaitFor is { } waitFor) waitFor(() => _log.Durable.Covers(batch));
            else _durable.WaitOne();
        }

        _awaitsDurable = false;
    }
}
