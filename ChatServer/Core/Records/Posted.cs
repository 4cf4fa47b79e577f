using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// A send number is consumed and its message accepted at once, since the conversation's home is the sender's: pending and decided in
/// one record.
/// </summary>
internal readonly ref struct Posted : IRecord<Posted>
{
    public static RecordKind Kind => RecordKind.Posted;

    public Authored Message { get; init; }

    public ulong Settled { get; init; }

    public ulong ContentHash { get; init; }

    public UserId To { get; init; }

    public ulong Sequence { get; init; }

    public ulong Time { get; init; }

    public static Posted Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Posted
        {
            Message = Authored.Read(ref reader),
            Settled = reader.Number(),
            ContentHash = reader.Fixed64(),
            To = reader.User(),
            Sequence = reader.Number(),
            Time = reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Message.Write(writer);
        writer.Number(Settled);
        writer.Fixed64(ContentHash);
        writer.Id(To);
        writer.Number(Sequence);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var device = state.Existing(Message.Sender, Message.Device);
        device.Settle(Settled);
        device.Consume(new Answer { Number = Message.SendNumber, To = To, ContentHash = ContentHash, Sequence = Sequence, Time = Time }, state);
        state.Enter(Message.Sender, Message.Device, To, Message.SendNumber, Message.ContentKind, Sequence, Time, self);
    }
}
