namespace ChatServer.Storage;

/// <summary>
/// Lays out segments before the log comes to them, on a thread of its own: one whole segment beyond the tail. When the disk is
/// full there is still that one, so what was accepted can be delivered and acknowledged while new sends are refused.
/// </summary>
internal sealed class SegmentPreparation : IDisposable
{
    private readonly SegmentFiles _files;
    private readonly TimeSpan _fullDiskRetry;
    private readonly Action _prepared;
    private readonly Action<Exception> _failed;
    private readonly AutoResetEvent _work = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private long _tail;
    private volatile bool _hasRoom = true;

    /// <param name="files">The log's files.</param>
    /// <param name="tail">Where the log ends at the start.</param>
    /// <param name="fullDiskRetry">How long to wait before trying a full disk again.</param>
    /// <param name="prepared">Called when the log may grow further; on this thread.</param>
    /// <param name="failed">Called with an error that is not a full disk; on this thread, which then ends.</param>
    public SegmentPreparation(SegmentFiles files, long tail, TimeSpan fullDiskRetry, Action prepared, Action<Exception> failed)
    {
        _files = files;
        _tail = tail;
        _fullDiskRetry = fullDiskRetry;
        _prepared = prepared;
        _failed = failed;
        _thread = new Thread(Run) { Name = "log layout", IsBackground = true };
    }

    /// <summary>False from the failure to lay out a segment on a full disk until one could be. Any thread.</summary>
    public bool HasRoom => _hasRoom;

    private bool IsAhead => _files.EndAddress - Interlocked.Read(ref _tail) >= _files.Geometry.SegmentBytes;

    public void Start() => _thread.Start();

    /// <summary>The log has grown to here. By one thread at a time, in rising order.</summary>
    public void Reach(long tail)
    {
        Interlocked.Exchange(ref _tail, tail);
        if (!IsAhead) _work.Set();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _work.Set();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted) is false) _thread.Join();
        _stop.Dispose();
        _work.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (IsAhead) _work.WaitOne();
                else if (!TryPrepare()) _work.WaitOne(_fullDiskRetry);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Half a segment stays behind under its temporary name; the next start removes it.
        }
        catch (Exception failure)
        {
            _failed(failure);
        }
    }

    private bool TryPrepare()
    {
        try
        {
            _files.Prepare(_stop.Token);
        }
        catch (StorageException failure) when (failure.IsDiskFull)
        {
            _files.RemoveLeftover();
            _hasRoom = false;
            return false;
        }

        _hasRoom = true;
        _prepared();
        return true;
    }
}
