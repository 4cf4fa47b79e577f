using System.Buffers;
using BenchmarkDotNet.Attributes;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Micro;

/// <summary>
/// The codec on the way of one message: header, Send in, Sent and Message out, Receipt in. Budget: nothing allocated, and each well
/// below a microsecond for a payload of a chat line.
/// </summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(2 * ProtocolLimits.PayloadBytes);
    private readonly byte[] _header = new byte[ProtocolLimits.HeaderBytes];
    private SendFrame _send;
    private SentFrame _sent;
    private MessageFrame _message;
    private ReadOnlyMemory<byte> _sendBody;
    private ReadOnlyMemory<byte> _messageBody;
    private ReadOnlyMemory<byte> _receiptBody;
    private PushedTotal _total;

    /// <summary>Bytes of payload: a chat line, and the largest.</summary>
    [Params(100, ProtocolLimits.PayloadBytes)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var payload = new byte[PayloadBytes];
        new Random(1).NextBytes(payload);
        var bob = WireConversation.Direct(UserId.Parse("bob@example.org"));
        _send = new SendFrame { Conversation = bob, SendNumber = 100_000, Settled = 99_990, ContentKind = ContentKind.Message, Payload = payload };
        _sent = new SentFrame { SendNumber = 100_000, Conversation = bob, Sequence = 123_456, ServerTime = 1_764_000_000_123, Durability = Durability.Disk };
        _message = new MessageFrame
        {
            Conversation = WireConversation.Direct(UserId.Parse("alice@example.org")),
            Sequence = 123_456,
            Previous = 123_455,
            Sender = UserId.Parse("alice@example.org"),
            SenderDevice = DeviceId.Parse("phone-1"),
            SendNumber = 100_000,
            ServerTime = 1_764_000_000_123,
            ContentKind = ContentKind.Message,
            Payload = payload,
        };
        _sendBody = Body(_send);
        _messageBody = Body(_message);
        _receiptBody = Body(new ReceiptFrame { Items = [new ReceiptItem { Conversation = bob, DeliveredUpTo = 123_456, ReadUpTo = 123_000 }] });
        new FrameHeader(_sendBody.Length, FrameKind.Send, 77).Write(_header);
    }

    [Benchmark]
    public FrameHeader ReadHeader() => FrameHeader.Read(_header);

    [Benchmark]
    public ulong ReadSend()
    {
        var error = FrameCodec.Read(_sendBody, out SendFrame frame);
        return error == ErrorCode.None ? frame.SendNumber : 0;
    }

    [Benchmark]
    public int WriteSend() => Write(in _send);

    [Benchmark]
    public int WriteSent() => Write(in _sent);

    [Benchmark]
    public int WriteMessage() => Write(in _message);

    [Benchmark]
    public ulong ReadMessage()
    {
        var error = FrameCodec.Read(_messageBody, out MessageFrame frame);
        return error == ErrorCode.None ? frame.Sequence : 0;
    }

    [Benchmark]
    public ulong ReadReceipt()
    {
        if (FrameCodec.Read(_receiptBody, out ReceiptFrame frame) != ErrorCode.None) return 0;
        ulong cursors = 0;
        foreach (var item in frame.Items) cursors += item.DeliveredUpTo;
        return cursors;
    }

    [Benchmark]
    public ulong CountPushed()
    {
        _total = _total.With(_message.Conversation, _message.Sequence);
        return _total.Checksum;
    }

    private int Write<T>(in T frame)
        where T : struct, IFrame<T>
    {
        _output.ResetWrittenCount();
        FrameCodec.Write(_output, in frame, 77);
        return _output.WrittenCount;
    }

    private static ReadOnlyMemory<byte> Body<T>(in T frame)
        where T : struct, IFrame<T>
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodec.Write(output, in frame);
        return output.WrittenMemory[ProtocolLimits.HeaderBytes..];
    }
}
