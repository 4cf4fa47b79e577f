using System.Runtime.InteropServices;
using System.Numerics;
using ChatServer.Core;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// Where the payloads of one partition are: the newest in memory, in the buffers they were logged from, all in the log or, when they
/// have waited for long, in cold files. Holds only sections that somebody still needs. Owned by the partition's loop.
/// </summary>
internal sealed class StoredSections(ICommitLog log, ColdFiles? cold)
{
    // Numbers of buffers that are gone, behind one that stays, before the queue is gone through.
    private const int SparseResident = 64;

    private readonly Dictionary<ulong, Stored> _sections = [];
    private readonly Dictionary<int, int> _sectionsOfSegment = [];
    private readonly Queue<ulong> _resident = [];
    private readonly Queue<(ulong Batch, ulong Section)> _freed = [];

    public int Count => _sections.Count;

    /// <summary>Whether something was freed that may go, or is in memory.</summary>
    public bool HasToLetGo => _freed.Count > 0 || ResidentBytes > 0;

    /// <summary>Bytes of payload kept in memory for this partition.</summary>
    public long ResidentBytes { get; private set; }

    /// <summary>The first segment of the log with a section that is needed; none: a number above all.</summary>
    public int OldestSegment
    {
        get
        {
            var oldest = int.MaxValue;
            foreach (var segment in _sectionsOfSegment.Keys) oldest = Math.Min(oldest, segment);
            return oldest;
        }
    }

    /// <summary>Where the sections lie that are needed; a copy.</summary>
    public Dictionary<ulong, SectionAddress> Addresses()
    {
        var addresses = new Dictionary<ulong, SectionAddress>(_sections.Count);
        foreach (var (number, stored) in _sections) addresses.Add(number, stored.Address);
        return addresses;
    }

    /// <summary>A section was appended and is needed. Its buffer stays in memory until it is the oldest and room is wanted.</summary>
    public void Add(ulong number, ulong batch, SectionAddress address, Section? buffer)
    {
        _sections.Add(number, new Stored(address, batch, buffer));
        CollectionsMarshal.GetValueRefOrAddDefault(_sectionsOfSegment, log.SegmentOf(address), out _)++;
        if (buffer is null) return;
        _resident.Enqueue(number);
        ResidentBytes += buffer.Length;
    }

    /// <summary>Nobody needs the section once the batch before which that was found is durable and said.</summary>
    public void Free(ulong number, ulong batch) => _freed.Enqueue((batch, number));

    /// <summary>Where a section that is needed lies in the log.</summary>
    public SectionAddress AddressOf(ulong number) => _sections[number].Address;

    /// <summary>Adds the cold files of which something was let go that may still be said.</summary>
    public void AddUnsaid(HashSet<int> coldFiles)
    {
        foreach (var (_, section) in _freed)
        {
            if (BodyRef.IsColdFile(section)) coldFiles.Add(BodyRef.FileOf(section));
        }
    }

    /// <summary>Forgets what was freed by batches that are durable and said; gives the buffers back.</summary>
    public void Forget(ulong releasedBatch, SectionPool pool)
    {
        while (_freed.TryPeek(out var freed) && freed.Batch <= releasedBatch)
        {
            _freed.Dequeue();
            if (!_sections.Remove(freed.Section, out var stored)) continue;
            GiveBack(stored, pool);
            var segment = log.SegmentOf(stored.Address);
            if (--_sectionsOfSegment[segment] == 0) _sectionsOfSegment.Remove(segment);
        }

        // The queue of buffers follows what is still there, or it would grow with all that ever passed.
        while (_resident.TryPeek(out var oldest) && !_sections.ContainsKey(oldest)) _resident.Dequeue();
        if (_resident.Count <= (2 * _sections.Count) + SparseResident) return;
        for (var count = _resident.Count; count > 0; count--)
        {
            if (_resident.Dequeue() is var number && _sections.ContainsKey(number)) _resident.Enqueue(number);
        }
    }

    /// <summary>Drops the oldest buffers above a budget; their payloads are read from the log from now on, so only what is durable goes.</summary>
    public void Evict(long budgetBytes, ulong durableBatch, SectionPool pool)
    {
        while (ResidentBytes > budgetBytes && _resident.TryPeek(out var number))
        {
            if (_sections.TryGetValue(number, out var stored) && stored.Buffer is not null)
            {
                if (stored.Batch > durableBatch) return;
                _sections[number] = stored with { Buffer = null };
                GiveBack(stored, pool);
            }

            _resident.Dequeue();
        }
    }

    /// <summary>The body of a record; from memory, or read from the log into <paramref name="scratch"/> and verified.</summary>
    /// <exception cref="InvalidDataException">The log does not hold what was written.</exception>
    public ReadOnlySpan<byte> Body(BodyRef body, ref byte[] scratch)
    {
        if (body.IsCold)
        {
            var copied = Room(ref scratch, body);
            (cold ?? throw new InvalidOperationException("There are no cold files here")).Read(body.ColdFile, body.Record, copied);
            return copied[RecordFrame.HeaderBytes..];
        }

        if (!_sections.TryGetValue(body.Section, out var stored)) throw new InvalidOperationException($"Section {body.Section} is needed and was let go");
        if (stored.Buffer is { } buffer) return buffer.Body(body.Record);
        var record = Room(ref scratch, body);
        if (!log.TryReadRecord(stored.Address, body.Record, record)) throw new InvalidDataException($"The record at {stored.Address} + {body.Record.Offset} does not verify");
        return record[RecordFrame.HeaderBytes..];
    }

    private static Span<byte> Room(ref byte[] scratch, BodyRef body)
    {
        if (scratch.Length < body.Record.Length) scratch = new byte[(int)BitOperations.RoundUpToPowerOf2((uint)body.Record.Length)];
        return scratch.AsSpan(0, body.Record.Length);
    }

    private void GiveBack(in Stored stored, SectionPool pool)
    {
        if (stored.Buffer is not { } buffer) return;
        ResidentBytes -= buffer.Length;
        pool.Return(buffer);
    }

    private readonly record struct Stored(SectionAddress Address, ulong Batch, Section? Buffer);
}
