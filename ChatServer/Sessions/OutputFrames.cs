using System.Buffers;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// Makes frames of what the core has said and the log holds. Takes only <see cref="HeldOutputs.Released"/>, so nothing that is not
/// durable can become a frame. Hot path: no allocation for Sent and Message.
/// </summary>
internal sealed class OutputFrames(SessionSettings settings)
{
    /// <summary>Most bytes of a frame around a payload.</summary>
    private const int MessageOverheadBytes = 512;

    private MarkItem[] _marks = [];

    /// <summary>Writes everything but Message; the code with which the connection ends, or None.</summary>
    public ErrorCode Write(in HeldOutputs.Released released, Session session, IBufferWriter<byte> output, ulong now)
    {
        ref readonly var said = ref released.Output;
        switch (said.Kind)
        {
            case OutputKind.Welcome: Welcome(said, session, output, now); break;
            case OutputKind.Sent: Sent(said, output); break;
            case OutputKind.CaughtUp: FrameCodec.Write(output, new CaughtUpFrame { Pushed = session.Pushed.Pushed }); break;
            case OutputKind.Marks: Marks(said, output); break;
            case OutputKind.Devices: Devices(said, output); break;
            case OutputKind.DeviceRemoved: FrameCodec.Write(output, new DeviceRemovedFrame { Device = said.Device }, said.Correlation); break;
            case OutputKind.Refused:
                FrameCodec.Write(output, new ErrorFrame { Code = said.Code, Argument = said.First, RetryAfterMs = (uint)said.Second, SendNumber = said.Third }, said.Correlation);
                break;
            case OutputKind.LoginRefused:
                FrameCodec.Write(output, new ErrorFrame { Code = said.Code, RetryAfterMs = (uint)said.First }, said.Correlation);
                return said.Code;
            case OutputKind.Ended:
                FrameCodec.Write(output, new GoAwayFrame { Code = said.Code });
                return said.Code;
            default: throw new InvalidOperationException($"An output of kind {said.Kind} is no frame");
        }

        return ErrorCode.None;
    }

    /// <summary>Writes an entry from the record that holds its payload.</summary>
    public static void WriteMessage(in HeldOutputs.Released released, Session session, ReadOnlySpan<byte> record, IBufferWriter<byte> output)
    {
        ref readonly var said = ref released.Output;
        var reader = new RecordReader(record);
        var message = Authored.Read(ref reader);
        var conversation = WireConversation.Direct(said.User);
        var span = output.GetSpan(message.Payload.Length + MessageOverheadBytes);
        var writer = new FrameWriter(span[ProtocolLimits.HeaderBytes..]);
        writer.Array(9);
        writer.Conversation(conversation);
        writer.Integer(said.First);
        writer.Integer(said.Second);
        writer.Id(message.Sender);
        writer.Id(message.Device);
        writer.Integer(message.SendNumber);
        writer.Integer(said.Third);
        writer.Integer(message.ContentKind);
        writer.Binary(message.Payload);
        new FrameHeader(writer.Length, FrameKind.Message, 0).Write(span);
        output.Advance(ProtocolLimits.HeaderBytes + writer.Length);
        session.Pushed = session.Pushed.With(conversation, said.First);
    }

    private void Welcome(in Output said, Session session, IBufferWriter<byte> output, ulong now) => FrameCodec.Write(output, new WelcomeFrame
    {
        Version = ProtocolLimits.Version,
        Server = settings.ServerId,
        Session = session.Id,
        ServerTime = now,
        Token = session.Login!.NextToken, // said once, at the end of the attempt
        Limits = settings.Limits,
        KeepAlive = settings.KeepAlive,
        LastSendNumber = said.First,
        History = settings.HistoryId,
        Detached = said.Second != 0,
    }, said.Correlation);

    private static void Sent(in Output said, IBufferWriter<byte> output) => FrameCodec.Write(output, new SentFrame
    {
        SendNumber = said.First,
        Conversation = WireConversation.Direct(said.User),
        Sequence = said.Second,
        ServerTime = said.Third,
        Durability = Durability.Disk,
        Duplicate = said.Fourth != 0,
    }, said.Correlation);

    private void Marks(in Output said, IBufferWriter<byte> output)
    {
        var marks = said.Marks.Span;
        if (_marks.Length < marks.Length) _marks = new MarkItem[marks.Length];
        for (var i = 0; i < marks.Length; i++)
        {
            _marks[i] = new MarkItem
            {
                Conversation = WireConversation.Direct(marks[i].Reader), User = marks[i].Reader, DeliveredUpTo = marks[i].Delivered, ReadUpTo = marks[i].Read,
            };
        }

        FrameCodec.Write(output, new MarksFrame { Version = said.First, Items = (ReadOnlyMemory<MarkItem>)_marks.AsMemory(0, marks.Length) });
    }

    private static void Devices(in Output said, IBufferWriter<byte> output)
    {
        var devices = said.Devices ?? [];
        var items = new DeviceItem[devices.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var device = devices[i];
            items[i] = new DeviceItem { Device = device.Device, AddedTime = device.AddedTime, LastSeen = device.LastSeen, Online = device.Online, Current = device.Current };
        }

        FrameCodec.Write(output, new DevicesFrame { Items = (ReadOnlyMemory<DeviceItem>)items }, said.Correlation);
    }
}
