using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>Backups of a server that goes on serving: everything that was acknowledged before one was asked for is in it.</summary>
internal sealed class OnlineBackup(Shard shard, DataDirectory directory, FasterCommitLog log)
{
    private long _copied;

    /// <summary>Bytes of the backup under way, or of the last one. Any thread.</summary>
    public long CopiedBytes => Interlocked.Read(ref _copied);

    /// <summary>The bytes of the backup once it is complete.</summary>
    /// <exception cref="StorageException">The place is not empty, or cannot be written.</exception>
    public Task<long> RunAsync(string path) => shard.AfterCheckpointAsync(stop =>
    {
        Interlocked.Exchange(ref _copied, 0);
        var backup = BackupFolder.Create(path, bytes =>
        {
            Interlocked.Add(ref _copied, bytes);
            stop.ThrowIfCancellationRequested();
        });
        var checkpoints = directory.Folder(DataDirectory.CheckpointName);
        var cold = directory.Folder(DataDirectory.ColdName);
        backup.Copy(checkpoints, DataDirectory.CheckpointName, checkpoints.Names.Where(name => !name.EndsWith(BlockFolder.NewExtension, StringComparison.Ordinal)));
        backup.Copy(cold, DataDirectory.ColdName, cold.Names);
        log.CopyTo(backup, directory.History);
        backup.Complete(directory.Cluster);
        return CopiedBytes;
    });
}
