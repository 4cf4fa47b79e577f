using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// A send number is consumed and its message on the way to be decided: by the conversation's home, or first by the recipient's home
/// when the two have never written to each other.
/// </summary>
internal readonly ref struct SendPending : IRecord<SendPending>
{
    public static RecordKind Kind => RecordKind.SendPending;

    public Authored Message { get; init; }

    public ulong Settled { get; init; }

    public ulong ContentHash { get; init; }

    public UserId To { get; init; }

    public static SendPending Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new SendPending { Message = Authored.Read(ref reader), Settled = reader.Number(), ContentHash = reader.Fixed64(), To = reader.User() };
    }

    public void Write(RecordWriter writer)
    {
        Message.Write(writer);
        writer.Number(Settled);
        writer.Fixed64(ContentHash);
        writer.Id(To);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var device = state.Existing(Message.Sender, Message.Device);
        device.Settle(Settled);
        device.Consume(new Answer { Number = Message.SendNumber, To = To, ContentHash = ContentHash, Pending = true, Body = self }, state);
        state.Bodies.Hold(self);
        var membership = state.Existing(Message.Sender).Join(To);
        if (membership.TakesSends)
        {
            Forward(state, Message.Sender, Message.Device, To, Message.SendNumber, Message.ContentKind, self);
            return;
        }

        membership.AwaitingOpening.Add((Message.Device, Message.SendNumber));
        if (membership.IsOpening) return;
        membership.IsOpening = true;
        state.Lanes.Add(state.Map.Of(To), new LaneRecord { Kind = LaneRecordKind.OpeningAsked, User = Message.Sender, Other = To });
    }

    /// <summary>To the conversation's home, which is another partition.</summary>
    public static void Forward(PartitionState state, UserId sender, DeviceId device, UserId to, ulong number, byte contentKind, BodyRef body)
    {
        state.Bodies.Hold(body);
        state.Lanes.Add(state.HomeOf(sender, to), new LaneRecord
        {
            Kind = LaneRecordKind.Send, User = sender, Device = device, Other = to, SendNumber = number, ContentKind = contentKind, Body = body,
        });
    }
}
