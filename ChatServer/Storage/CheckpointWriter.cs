using System.Buffers.Binary;

namespace ChatServer.Storage;

/// <summary>
/// Writes a checkpoint: chunk after chunk into a file that gets its name only when all of it is on disk. One thread, not a loop's:
/// it waits for the disk.
/// </summary>
internal sealed class CheckpointWriter : IDisposable
{
    /// <summary>So much is written between two syncs, so that a commit waits behind one of them at most.</summary>
    private const long BytesPerSync = 1 << 22;

    private readonly BlockFolder _folder;
    private readonly string _name;
    private readonly BlockFile _file;
    private readonly UInt128 _seed;
    private readonly byte[] _head = new byte[Math.Max(CheckpointHeader.Bytes, CheckpointChunk.Bytes)];
    private long _synced;
    private uint _chunks;
    private bool _isComplete;

    private CheckpointWriter(BlockFolder folder, string name, CheckpointHeader header, UInt128 history)
    {
        _folder = folder;
        _name = name;
        Header = header;
        folder.DeleteIfExists(NewName);
        _file = folder.Open(NewName, true);
        _seed = header.Write(_head, history);
        _file.Write(_head.AsSpan(0, CheckpointHeader.Bytes), 0);
        Length = CheckpointHeader.Bytes;
    }

    public CheckpointHeader Header { get; }

    public long Length { get; private set; }

    private string NewName => _name + BlockFolder.NewExtension;

    public static CheckpointWriter Create(BlockFolder folder, CheckpointHeader header, UInt128 history) =>
        new(folder, CheckpointFiles.NameOf(header.Number), header, history);

    /// <param name="kind">What the rooms above understand by it; not 0.</param>
    /// <param name="partition">Whose it is.</param>
    /// <param name="content">Bytes that only the rooms above understand.</param>
    public void Append(uint kind, int partition, ReadOnlySpan<byte> content)
    {
        StorageException.Assert(content.Length <= CheckpointChunk.MaxLength, "a chunk of a checkpoint is too large");
        CheckpointChunk.Write(_head, _chunks++, kind, partition, content, _seed);
        _file.Write(_head.AsSpan(0, CheckpointChunk.Bytes), Length);
        _file.Write(content, Length + CheckpointChunk.Bytes);
        Length += CheckpointChunk.Bytes + content.Length;
        if (Length - _synced < BytesPerSync) return;
        _file.Sync();
        _synced = Length;
    }

    /// <summary>The checkpoint counts from here on. Every batch up to the one named must be durable, or it would hold what the log lost.</summary>
    public void Complete(ulong lastBatch)
    {
        Span<byte> content = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(content, lastBatch);
        Append(CheckpointChunk.End, 0, content);
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
}
