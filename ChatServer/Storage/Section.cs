using System.Buffers;

namespace ChatServer.Storage;

/// <summary>
/// One partition's records of one drain. Reused from drain to drain and owned by one loop. Hot path: appending allocates nothing
/// once the buffer has grown to what drains of this partition need.
/// </summary>
internal sealed class Section : IBufferWriter<byte>
{
    /// <summary>More than any page, hence than any batch; a section that grows beyond it is a bug.</summary>
    public const int MaxBytes = 1 << 26;

    /// <summary>A buffer that is larger than this goes when a drain did not need it, so one burst does not stay for ever.</summary>
    private const int RetainedBytes = 1 << 18;

    private const int FirstBytes = 1 << 10;
    private const int NoRecord = -1;

    private byte[] _buffer = [];
    private int _end = SectionHeader.Bytes;
    private int _recordStart = NoRecord;
    private byte _kind;
    private byte _version;
    private UInt128? _hash;
    private SectionPool? _pool;

    public Section(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        Partition = partition;
    }

    public int Partition { get; private set; }

    public ulong Number { get; private set; }

    public uint Epoch { get; private set; }

    public UInt128 PreviousHash { get; private set; }

    public int RecordCount { get; private set; }

    /// <summary>Bytes of the records so far, their headers included.</summary>
    public int Length => _end - SectionHeader.Bytes;

    /// <summary>Header and records as they go into the log; sealed.</summary>
    public ReadOnlySpan<byte> SealedBytes
    {
        get
        {
            Seal();
            return _buffer.AsSpan(0, _end);
        }
    }

    /// <summary>Bytes of memory that the section holds.</summary>
    public int BufferBytes => _buffer.Length;

    /// <summary>Empties the section and says whose it will be; what was in it is gone. Its bytes are counted by the pool.</summary>
    public void Open(int partition, ulong number, UInt128 previousHash, SectionPool pool)
    {
        Partition = partition;
        _pool = pool;
        Open(number, 0, previousHash);
    }

    /// <summary>Empties the section and says what it will be; what was in it is gone.</summary>
    public void Open(ulong number, uint epoch, UInt128 previousHash)
    {
        if (_buffer.Length > RetainedBytes && _end <= RetainedBytes) _buffer = [];
        Number = number;
        Epoch = epoch;
        PreviousHash = previousHash;
        RecordCount = 0;
        _end = SectionHeader.Bytes;
        _recordStart = NoRecord;
        _hash = null;
    }

    /// <summary>Copies a body.</summary>
    public RecordSpan Append(byte kind, byte version, ReadOnlySpan<byte> body)
    {
        BeginRecord(kind, version);
        body.CopyTo(GetSpan(body.Length));
        Advance(body.Length);
        return EndRecord();
    }

    /// <summary>The body is written in place, then <see cref="EndRecord"/> closes it.</summary>
    public IBufferWriter<byte> BeginRecord(byte kind, byte version)
    {
        StorageException.Assert(_recordStart == NoRecord, "a record begins while one is open");
        StorageException.Assert(_hash is null, "a record begins in a sealed section");
        Reserve(RecordFrame.HeaderBytes);
        _recordStart = _end;
        _kind = kind;
        _version = version;
        _end += RecordFrame.HeaderBytes;
        return this;
    }

    public RecordSpan EndRecord()
    {
        StorageException.Assert(_recordStart != NoRecord, "no record is open");
        var span = new RecordSpan(_recordStart - SectionHeader.Bytes, _end - _recordStart);
        RecordFrame.Seal(_buffer.AsSpan(_recordStart, span.Length), _kind, _version);
        _recordStart = NoRecord;
        RecordCount++;
        if (_pool is not null) _pool.DrainBytes += span.Length;
        return span;
    }

    public ReadOnlySpan<byte> Body(RecordSpan record) =>
        _buffer.AsSpan(SectionHeader.Bytes + record.Offset + RecordFrame.HeaderBytes, record.Length - RecordFrame.HeaderBytes);

    /// <summary>The hash of this section, which the partition's next section names. Nothing can be appended afterwards.</summary>
    public UInt128 Seal()
    {
        StorageException.Assert(_recordStart == NoRecord, "a section is sealed while a record is open");
        if (_hash is { } known) return known;
        Reserve(0);
        var hash = SectionHeader.Seal(_buffer.AsSpan(0, _end), Partition, Epoch, Number, PreviousHash, RecordCount);
        _hash = hash;
        return hash;
    }

    public void Advance(int count)
    {
        StorageException.Assert(_recordStart != NoRecord, "bytes are written outside a record");
        StorageException.Assert(count >= 0 && count <= _buffer.Length - _end, "more bytes are claimed than were lent");
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_end);
    }

    private void Reserve(int bytes)
    {
        if (_end + (long)bytes <= _buffer.Length) return;
        var needed = _end + (long)bytes;
        StorageException.Assert(needed <= MaxBytes, "a section outgrew every page");
        Array.Resize(ref _buffer, (int)Math.Min(MaxBytes, Math.Max(needed, Math.Max(FirstBytes, _buffer.Length * 2L))));
    }
}
