using System.Buffers;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Core;

namespace ChatServer.Tests.Simulation;

/// <summary>The client's end of a link: frames out, frames in.</summary>
internal sealed class ShardSession(ulong number, SimulatedLink link, SimulationRandom random) : ModelRequests
{
    private readonly ArrayBufferWriter<byte> _out = new();
    private byte[] _in = new byte[2048];
    private int _inStart;
    private int _inEnd;
    private uint _correlation = 1;

    public override ulong Session => number;

    public SimulatedLink Link => link;

    /// <summary>What the client has settled; goes with some of its frames.</summary>
    public Func<ulong> Settled { get; set; } = () => 0;

    /// <summary>A person does not type faster than the network takes.</summary>
    public bool HasRoom => link.Up.Room > 0;

    /// <summary>Count and checksum of the messages pushed in this session.</summary>
    public PushedTotal Pushed { get; set; }

    public long? PingedAt { get; set; }

    public bool IsLeaving { get; set; }

    public void Begin(in HelloFrame hello)
    {
        Preamble.Write(_out.GetSpan(ProtocolLimits.PreambleBytes));
        _out.Advance(ProtocolLimits.PreambleBytes);
        FrameCodec.Write(_out, in hello, _correlation);
        Flush();
    }

    public void Ping(ulong settled) => Write(new PingFrame { Settled = settled });

    public void ListDevices() => Write(new ListDevicesFrame());

    public void RemoveDevice(DeviceId device) => Write(new RemoveDeviceFrame { Device = device });

    public override void Send(ulong number, ulong settled, UserId to, byte[] payload) => Write(new SendFrame
    {
        Conversation = WireConversation.Direct(to), SendNumber = number, Settled = settled, ContentKind = ContentKind.Message, Payload = payload,
    });

    public override void Receive(UserId other, ulong delivered, ulong read) => Write(new ReceiptFrame
    {
        Items = new[] { new ReceiptItem { Conversation = WireConversation.Direct(other), DeliveredUpTo = delivered, ReadUpTo = read } },
        Settled = random.Next(2) == 0 ? Settled() : 0,
    });

    public override void AcknowledgeMarks(ulong version) => Write(new ReceiptFrame { MarksVersion = version });

    /// <summary>The next frame that is whole; its body is lent until the next call.</summary>
    public bool TryRead(out FrameHeader header, out ReadOnlyMemory<byte> body)
    {
        header = default;
        body = default;
        Fill();
        var waiting = _in.AsSpan(_inStart, _inEnd - _inStart);
        if (waiting.Length < ProtocolLimits.HeaderBytes) return false;
        header = FrameHeader.Read(waiting);
        var length = ProtocolLimits.HeaderBytes + header.Length;
        if (waiting.Length < length) return false;
        body = _in.AsMemory(_inStart + ProtocolLimits.HeaderBytes, header.Length);
        _inStart += length;
        return true;
    }

    private void Fill()
    {
        var readable = link.Down.Readable;
        if (readable == 0) return;
        if (_inEnd + readable > _in.Length)
        {
            var waiting = _inEnd - _inStart;
            var larger = waiting + readable > _in.Length ? new byte[2 * (waiting + readable)] : _in;
            _in.AsSpan(_inStart, waiting).CopyTo(larger);
            (_in, _inStart, _inEnd) = (larger, 0, waiting);
        }

        _inEnd += link.Down.Read(_in.AsSpan(_inEnd, readable));
    }

    private void Write<T>(in T frame)
        where T : struct, IFrame<T>
    {
        FrameCodec.Write(_out, in frame, ++_correlation);
        Flush();
    }

    private void Flush()
    {
        link.Up.Write(_out.WrittenSpan);
        _out.ResetWrittenCount();
    }
}
