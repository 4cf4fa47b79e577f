using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The recipient's home has an entry that was decided at the conversation's home.</summary>
internal readonly ref struct EntryArrived : IRecord<EntryArrived>
{
    public static RecordKind Kind => RecordKind.EntryArrived;

    public Authored Message { get; init; }

    public LaneOrigin Origin { get; init; }

    public UserId To { get; init; }

    public ulong Sequence { get; init; }

    public ulong Time { get; init; }

    public static EntryArrived Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new EntryArrived
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
        state.AppendForeign(To, Message.Sender, Sequence, Time, self);
    }
}
