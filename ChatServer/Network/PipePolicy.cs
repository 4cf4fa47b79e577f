using System.IO.Pipelines;
using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

/// <summary>
/// Pipes without thresholds: their content is bounded by the frame that is awaited and one read, and pushing back is done by not
/// reading the socket.
/// </summary>
internal sealed class PipePolicy : PooledObjectPolicy<Pipe>
{
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false);

    public override Pipe Create() => new(Options);

    public override bool Return(Pipe obj)
    {
        obj.Writer.Complete();
        obj.Reader.Complete();
        obj.Reset();
        return true;
    }
}
