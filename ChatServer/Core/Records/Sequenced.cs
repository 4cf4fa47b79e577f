using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The conversation's home, which is the recipient's too, accepts a message that came from the sender's home.</summary>
internal readonly ref struct Sequenced : IRecord<Sequenced>
{
    public static RecordKind Kind => RecordKind.Sequenced;

    public Authored Message { get; init; }

    public LaneOrigin Origin { get; init; }

    public UserId To { get; init; }

    public ulong Sequence { get; init; }

    public ulong Time { get; init; }

    public static Sequenced Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Sequenced
        {
            Message = Authored.Read(ref reader),
            Origin = LaneOrigin.Read(ref reader),
            To = reader.User(),
            Sequence = reader.Number(),
            Time = reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Message.Write(writer);
        Origin.Write(writer);
        writer.Id(To);
        writer.Number(Sequence);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        state.Enter(Message.Sender, Message.Device, To, Message.SendNumber, Message.ContentKind, Sequence, Time, self);
        state.Lanes.Add(Origin.From, new LaneRecord
        {
            Kind = LaneRecordKind.Decision, User = Message.Sender, Device = Message.Device, Other = To, SendNumber = Message.SendNumber,
            ContentKind = Message.ContentKind, Sequence = Sequence, Time = Time,
        });
    }
}
