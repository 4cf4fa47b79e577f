using BenchmarkDotNet.Attributes;
using ChatServer.Network;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Micro;

/// <summary>
/// What waits for one socket, from a rented queue to an empty one: frames written, then handed over in one piece. Budget: 150 ns a frame
/// with its encoding, and nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class SendQueueBenchmarks
{
    private const int PayloadBytes = 100;

    private readonly MessageFrame _message = new()
    {
        Conversation = WireConversation.Direct(UserId.Parse("alice@example.org")), Sequence = 123_456, Previous = 123_455, Sender = UserId.Parse("alice@example.org"),
        SenderDevice = DeviceId.Parse("phone-1"), SendNumber = 100_000, ServerTime = 1_764_000_000_123, ContentKind = ContentKind.Message, Payload = new byte[PayloadBytes],
    };

    /// <summary>Frames that a turn says to one connection: in the small buffer, in the middle one, in one of the shared pool.</summary>
    [Params(1, 64, 256)]
    public int Frames { get; set; } = 1;

    /// <summary>As a socket does that takes everything.</summary>
    [Benchmark]
    public int WriteAndHandOver()
    {
        var queue = SendQueue.Rent();
        for (var i = 0; i < Frames; i++)
        {
            FrameCodec.Write(queue, in _message);
            queue.EndFrame(0);
        }

        var bytes = queue.Waiting.Length;
        queue.Sent(bytes);
        SendQueue.Return(queue);
        return bytes;
    }
}
