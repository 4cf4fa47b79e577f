using FASTER.core;

namespace ChatServer.Storage;

/// <summary>
/// What FASTER writes to. Any thread may hand in a write, at a commit or when a page is full; only the thread that commits performs
/// them, in <see cref="Drain"/>: all that wait, then one sync for each file, then the callbacks.
/// </summary>
internal sealed class SegmentDevice : StorageDeviceBase
{
    /// <summary>FASTER's own numbers of an error do not matter, only that there is one; the cause is kept by the log.</summary>
    private const uint Failed = 5;

    private readonly SegmentFiles _files;
    private readonly Action _wake;
    private readonly Lock _gate = new();
    private List<PendingWrite> _waiting = [];
    private List<PendingWrite> _draining = [];

    /// <param name="files">Where it goes.</param>
    /// <param name="name">For messages of FASTER's own.</param>
    /// <param name="wake">Called when a write waits; on the thread that handed it in.</param>
    public SegmentDevice(SegmentFiles files, string name, Action wake)
        : base(name, (uint)files.Geometry.SectorBytes, Devices.CAPACITY_UNSPECIFIED)
    {
        _files = files;
        _wake = wake;
    }

    public bool HasWaiting
    {
        get
        {
            lock (_gate) return _waiting.Count > 0;
        }
    }

    /// <summary>Bytes handed to the disk since the start. The thread that commits.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>Syncs since the start. The thread that commits.</summary>
    public long Syncs { get; private set; }

    /// <summary>
    /// Performs what waits until nothing does. The thread that commits. Throws the first error, after FASTER was told of it; then
    /// nothing may be written any more.
    /// </summary>
    public void Drain()
    {
        while (Take())
        {
            try
            {
                Perform();
            }
            catch
            {
                Complete(Failed);
                throw;
            }

            // Completing may hand in the next write: the rest of a page waits for its first part.
            Complete(0);
        }
    }

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        var address = ((long)segmentId * _files.Geometry.SegmentBytes) + (long)destinationAddress;
        lock (_gate) _waiting.Add(new PendingWrite(sourceAddress, address, (int)numBytesToWrite, callback, context));
        _wake();
    }

    /// <summary>Only recovery reads through FASTER: the page with the end of the log.</summary>
    public override unsafe void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        var address = ((long)segmentId * _files.Geometry.SegmentBytes) + (long)sourceAddress;
        _files.Read(address, new Span<byte>((void*)destinationAddress, (int)readLength));
        callback(0, readLength, context);
    }

    /// <summary>The log is not truncated in this version.</summary>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    /// <summary>The files belong to the log.</summary>
    public override void Dispose()
    {
    }

    private bool Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return false;
            (_waiting, _draining) = (_draining, _waiting);
            return true;
        }
    }

    private unsafe void Perform()
    {
        var geometry = _files.Geometry;
        var (first, last) = (int.MaxValue, int.MinValue);
        foreach (var write in _draining)
        {
            StorageException.Assert(
                write.Address % geometry.SectorBytes == 0 && write.Length % geometry.SectorBytes == 0, "a write is not of whole sectors");
            _files.Write(write.Address, new ReadOnlySpan<byte>((void*)write.Source, write.Length));
            WrittenBytes += write.Length;
            var segment = geometry.Segment(write.Address);
            (first, last) = (Math.Min(first, segment), Math.Max(last, segment));
        }

        for (var segment = first; segment <= last; segment++)
        {
            _files.Sync(segment);
            Syncs++;
        }
    }

    private void Complete(uint error)
    {
        foreach (var write in _draining) write.Callback(error, (uint)write.Length, write.Context);
        _draining.Clear();
    }

    private readonly record struct PendingWrite(IntPtr Source, long Address, int Length, DeviceIOCompletionCallback Callback, object Context);
}
