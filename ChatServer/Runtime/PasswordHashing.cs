namespace ChatServer.Runtime;

/// <summary>
/// The pool that hashes passwords beside the loops: as many threads as cores at most, a bounded queue, results by callback on
/// a thread of the pool (the callback posts to a loop and returns). A job that was cancelled, or still queued at disposal, is
/// discarded: its callback is never called. Memory: 19 MiB a thread while it hashes.
/// Any thread may enqueue; disposal waits for the threads.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    /// <summary>Jobs that wait; the next is refused, and the client told "busy". 100 take about 1.5 s of a core.</summary>
    public const int QueueCapacity = 100;

    private readonly Lock _gate = new();
    private readonly Queue<PasswordJob> _queue = new(QueueCapacity);
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread[] _threads;
    private bool _stopping;

    public PasswordHashing()
        : this(Environment.ProcessorCount)
    {
    }

    public PasswordHashing(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"passwords-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>False when the queue is full or the pool stops: the job is not taken, its callback not called.</summary>
    public bool TryEnqueue(PasswordJob job)
    {
        lock (_gate)
        {
            if (_stopping || _queue.Count == QueueCapacity) return false;
            _queue.Enqueue(job);
            // Under the lock: disposal must not come between and dispose of the semaphore first.
            _work.Release();
            return true;
        }
    }

    /// <summary>Discards what is queued, waits for what is being hashed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
            while (_queue.TryDequeue(out var job)) job.Cancel();
        }

        _work.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            PasswordJob? job;
            lock (_gate)
            {
                if (_stopping) return;
                // Each permit stands for one job, and only this loop takes any out before the pool stops.
                job = _queue.Dequeue();
            }

            job.Execute();
        }
    }
}
