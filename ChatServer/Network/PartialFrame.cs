using System.IO.Pipelines;
using Microsoft.Extensions.ObjectPool;

namespace ChatServer.Network;

/// <summary>What a connection has received and not split yet. It holds one only while there is something in it.</summary>
internal sealed class PartialFrame : IResettable
{
    // Without thresholds: the content is bounded by the frame that is awaited and one read, and pushing back is done by not reading
    // the socket.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false);

    public Pipe Pipe { get; } = new(Options);

    /// <summary>Bytes in the pipe, as they are counted for the transport.</summary>
    public long Bytes { get; set; }

    /// <summary>The pool that it goes back to makes it as new.</summary>
    public bool TryReset()
    {
        Bytes = 0;
        Pipe.Writer.Complete();
        Pipe.Reader.Complete();
        Pipe.Reset();
        return true;
    }
}
