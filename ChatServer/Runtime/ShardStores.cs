using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>What a shard keeps beside its log, so that the log need not grow with the past.</summary>
internal sealed record ShardStores(CheckpointFiles Checkpoints, ColdFiles Cold) : IDisposable
{
    public void Dispose() => Cold.Dispose();
}
