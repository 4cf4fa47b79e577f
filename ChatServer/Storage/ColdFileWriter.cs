using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatServer.Storage;

/// <summary>Writes one cold file. Its header comes last and its name after that, so a file that has its name is whole. One thread.</summary>
internal sealed class ColdFileWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;

    /// <summary>So much is written between two syncs, so that a commit waits behind one of them at most.</summary>
    private const long BytesPerSync = 1 << 22;

    private readonly BlockFolder _folder;
    private readonly UInt128 _history;
    private readonly string _name;
    private readonly BlockFile _file;
    private readonly XxHash128 _hash = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _written = ColdFileHeader.Bytes;
    private long _synced;
    private int _records;
    private bool _isComplete;

    public ColdFileWriter(BlockFolder folder, int number, UInt128 history)
    {
        _folder = folder;
        _history = history;
        Number = number;
        _name = ColdFiles.NameOf(number);
        folder.DeleteIfExists(NewName);
        _file = folder.Open(NewName, true);
    }

    public int Number { get; }

    /// <summary>Bytes of records so far.</summary>
    public long RecordBytes => _written + _buffered - ColdFileHeader.Bytes;

    private string NewName => _name + BlockFolder.NewExtension;

    /// <summary>Copies a record, header and body; where it will be found in the file.</summary>
    public RecordSpan Append(ReadOnlySpan<byte> record)
    {
        StorageException.Assert(record.Length <= BufferBytes, "a record is larger than any can be");
        if (_buffered + record.Length > BufferBytes) Flush();
        var span = new RecordSpan(checked((int)(_written + _buffered)), record.Length);
        record.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += record.Length;
        _records++;
        return span;
    }

    /// <summary>On disk under its name when this returns.</summary>
    public void Complete()
    {
        Flush();
        Span<byte> bytes = stackalloc byte[ColdFileHeader.Bytes];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, _hash.GetCurrentHashAsUInt128());
        _file.Write(bytes[..ColdFileHeader.FooterBytes], _written);
        new ColdFileHeader(Number, _records, RecordBytes).Write(bytes, _history);
        _file.Write(bytes, 0);
        _file.Sync();
        _file.Dispose();
        _folder.Rename(NewName, _name);
        _folder.Sync();
        _isComplete = true;
    }

    /// <summary>What was not completed is taken away.</summary>
    public void Dispose()
    {
        if (_isComplete) return;
        _file.Dispose();
        _folder.DeleteIfExists(NewName);
    }

    private void Flush()
    {
        var bytes = _buffer.AsSpan(0, _buffered);
        _hash.Append(bytes);
        _file.Write(bytes, _written);
        _written += _buffered;
        _buffered = 0;
        if (_written - _synced < BytesPerSync) return;
        _file.Sync();
        _synced = _written;
    }
}
