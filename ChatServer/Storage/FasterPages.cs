using System.Diagnostics;
using FASTER.core;

namespace ChatServer.Storage;

/// <summary>
/// FasterLog, for what it is good at: takes entries into pages in memory, and hands the pages in for writing. All that it needs from us
/// is here, and nothing that it says of durability is believed.
/// </summary>
internal sealed class FasterPages : IDisposable
{
    /// <summary>FASTER hands in the writes of a commit within microseconds; when it has not after this, it never will.</summary>
    private static readonly TimeSpan HandInTimeout = TimeSpan.FromSeconds(30);

    /// <summary>After this it is helped along.</summary>
    private static readonly TimeSpan HandInPatience = TimeSpan.FromMilliseconds(20);

    private readonly VerifiedCommits _commits;
    private readonly SegmentDevice _device;
    private readonly FasterLog _log;
    private readonly Lock _commitGate;
    private readonly AutoResetEvent _handedIn = new(false);

    /// <param name="files">What is written to.</param>
    /// <param name="memoryBytes">Pages in memory.</param>
    /// <param name="recovered">Where the log ends.</param>
    /// <param name="commitGate">Held by the thread that writes.</param>
    public FasterPages(SegmentFiles files, int memoryBytes, CommitMark recovered, Lock commitGate)
    {
        _commitGate = commitGate;
        _commits = new VerifiedCommits(recovered);
        _device = new SegmentDevice(files, "log", HandedIn);
        _log = new FasterLog(new FasterLogSettings
        {
            LogDevice = _device,
            LogCommitManager = _commits,
            PageSize = files.Geometry.PageBytes,
            MemorySize = memoryBytes,
            SegmentSize = files.Geometry.SegmentBytes,
            LogChecksum = LogChecksumType.None, // the batch frame has better ones
            TryRecoverLatest = false, // it swallows every exception
        });
        if (recovered != CommitMark.Origin) _log.Recover();
        StorageException.Assert(
            TailAddress == recovered.EndAddress && FlushedUntilAddress == recovered.EndAddress,
            "FASTER did not take up the log where recovery ended");
    }

    public long TailAddress => _log.TailAddress;

    public long FlushedUntilAddress => _log.FlushedUntilAddress;

    /// <summary>Copies an entry to the tail; where it lies. False: there is no page, or a write has failed.</summary>
    public bool TryEnqueue(ReadOnlySpan<byte> entry, out long address)
    {
        address = 0;
        try
        {
            return _log.TryEnqueue(entry, out address);
        }
        catch (CommitFailureException)
        {
            // Whoever commits met the error itself and is about to say so.
            return false;
        }
    }

    /// <summary>Asks for what is there to be handed in.</summary>
    public void Commit() => _log.Commit();

    /// <summary>
    /// Performs what is handed in until it is all on disk up to an address. Some of it may come from FASTER's own threads. For the
    /// holder of the commit gate. Throws the first error; then nothing may be written any more.
    /// </summary>
    public void Write(long end)
    {
        _device.Drain();
        var started = Stopwatch.GetTimestamp();
        while (FlushedUntilAddress < end)
        {
            if (!_handedIn.WaitOne(HandInPatience) && !_device.HasWaiting)
            {
                if (Stopwatch.GetElapsedTime(started) > HandInTimeout)
                    throw new StorageException($"broken promise in the storage: FASTER handed in the log up to {FlushedUntilAddress} only, {end} was asked for");
                Enter();
            }

            _device.Drain();
        }
    }

    /// <summary>A slot states the log up to here: FASTER's own commits may end.</summary>
    public void State(long end) => _commits.State(end);

    public void Dispose()
    {
        _commits.End();
        _log.Dispose();
        _handedIn.Dispose();
    }

    private void HandedIn()
    {
        if (!_commitGate.IsHeldByCurrentThread) _handedIn.Set();
    }

    // FASTER's epoch leaves what is to be done to whoever enters or leaves next, and a thread that leaves just then may miss it. Reading
    // where nothing is enters and leaves.
    private void Enter() => _ = _log.ReadAsync(long.MaxValue).AsTask().GetAwaiter().GetResult();
}
