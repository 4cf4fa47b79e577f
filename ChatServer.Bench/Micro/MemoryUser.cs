using System.Net;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Micro;

/// <summary>A client at the end of a <see cref="MemoryLine"/>: writes, and acknowledges what it reads.</summary>
internal sealed class MemoryUser
{
    private static readonly DeviceId Phone = DeviceId.Parse("phone");

    private readonly ReceiptItem[] _receipt = new ReceiptItem[1];
    private ulong _sent;
    private ulong _answered;
    private ulong _marks;

    public MemoryUser(UserId id)
    {
        Id = id;
        Preamble.Write(Line.Up.GetSpan(ProtocolLimits.PreambleBytes));
        Line.Up.Advance(ProtocolLimits.PreambleBytes);
        FrameCodec.Write(Line.Up, new HelloFrame { User = id, Device = Phone, Method = LoginMethod.Register, Secret = "a password"u8.ToArray(), Instance = 1, Attempt = 1 });
    }

    public UserId Id { get; }

    public MemoryLine Line { get; } = new();

    public bool IsWelcome { get; private set; }

    /// <summary>Messages that have come.</summary>
    public ulong Received { get; private set; }

    /// <summary>Whether everything that was sent is answered.</summary>
    public bool IsAnswered => _answered == _sent;

    public void Send(UserId to, int messages, ReadOnlyMemory<byte> payload)
    {
        var conversation = WireConversation.Direct(to);
        for (var i = 0; i < messages; i++)
        {
            var frame = new SendFrame { Conversation = conversation, SendNumber = ++_sent, Settled = _answered, ContentKind = ContentKind.Message, Payload = payload };
            FrameCodec.Write(Line.Up, in frame, (uint)_sent);
        }

        Line.Deliver();
    }

    /// <summary>Reads what has come, and acknowledges it at once. False: nothing came.</summary>
    public bool TryTake()
    {
        var (received, marks) = (Received, _marks);
        WireConversation from = default;
        ulong upTo = 0;
        var any = false;
        while (Line.TryRead(out var header, out var body))
        {
            any = true;
            switch (header.Kind)
            {
                case FrameKind.Message:
                    var message = Read<MessageFrame>(body);
                    if (Received > received && message.Conversation != from) Acknowledge(from, upTo);
                    (from, upTo) = (message.Conversation, message.Sequence);
                    Received++;
                    break;
                case FrameKind.Sent:
                    var sent = Read<SentFrame>(body);
                    if (sent.SendNumber != ++_answered) throw new ProtocolViolationException($"answered {sent.SendNumber} instead of {_answered}");
                    break;
                case FrameKind.Marks: _marks = Read<MarksFrame>(body).Version; break;
                case FrameKind.Welcome: IsWelcome = true; break;
                case FrameKind.CaughtUp: break;
                default: throw new ProtocolViolationException($"a frame of kind {header.Kind}");
            }
        }

        if (Received > received) Acknowledge(from, upTo);
        else if (_marks > marks) Write(new ReceiptFrame { MarksVersion = _marks, Settled = _answered });
        Line.Deliver();
        return any;
    }

    private void Acknowledge(WireConversation conversation, ulong upTo)
    {
        _receipt[0] = new ReceiptItem { Conversation = conversation, DeliveredUpTo = upTo, ReadUpTo = upTo };
        Write(new ReceiptFrame { Items = _receipt, MarksVersion = _marks, Settled = _answered });
    }

    private void Write(in ReceiptFrame frame) => FrameCodec.Write(Line.Up, in frame);

    private static T Read<T>(ReadOnlyMemory<byte> body)
        where T : struct, IFrame<T>
    {
        var error = FrameCodec.Read(body, out T frame);
        return error == ErrorCode.None ? frame : throw new ProtocolViolationException($"a {T.Kind} frame that is {error}");
    }
}
