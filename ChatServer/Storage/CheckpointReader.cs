using System.Buffers;
using System.Buffers.Binary;

namespace ChatServer.Storage;

/// <summary>Reads a checkpoint from front to back and verifies every byte of it.</summary>
internal static class CheckpointReader
{
    public delegate void ChunkTaker(uint kind, int partition, ReadOnlySpan<byte> content);

    /// <summary>Hands out the chunks in their order; what they are is only known to be all when this returns.</summary>
    /// <exception cref="StorageException">It is not a whole checkpoint of this history, in every byte as it was written.</exception>
    public static LogStart Read(BlockFile file, UInt128 history, out CheckpointHeader header, ChunkTaker take)
    {
        Span<byte> head = stackalloc byte[CheckpointHeader.Bytes];
        if (file.Length < CheckpointHeader.Bytes) throw Damaged(file, 0);
        file.Read(head, 0);
        header = CheckpointHeader.Read(file.Path, head, history, out var seed);
        long offset = CheckpointHeader.Bytes;
        for (uint index = 0; ; index++)
        {
            var chunkHead = head[..CheckpointChunk.Bytes];
            if (file.Length - offset < CheckpointChunk.Bytes) throw Damaged(file, offset);
            file.Read(chunkHead, offset);
            var chunk = CheckpointChunk.Read(chunkHead);
            if (chunk.Index != index || chunk.Length < 0 || chunk.Length > file.Length - offset - CheckpointChunk.Bytes) throw Damaged(file, offset);
            var content = ArrayPool<byte>.Shared.Rent(chunk.Length);
            try
            {
                var bytes = content.AsSpan(0, chunk.Length);
                file.Read(bytes, offset + CheckpointChunk.Bytes);
                if (!chunk.IsIntact(chunkHead, bytes, seed)) throw Damaged(file, offset);
                offset += CheckpointChunk.Bytes + chunk.Length;
                if (chunk.Kind == CheckpointChunk.End)
                {
                    if (offset != file.Length || chunk.Length != sizeof(ulong)) throw Damaged(file, offset);
                    return new LogStart(header.After, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                }

                take(chunk.Kind, chunk.Partition, bytes);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(content);
            }
        }
    }

    private static StorageException Damaged(BlockFile file, long offset) => new($"{file.Path}: the checkpoint does not verify from offset {offset} on");
}
