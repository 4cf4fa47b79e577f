using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// The final answer of a pending send, at the sender's home: from the conversation's home by lane, or decided here when that is the
/// same partition and the send had waited for the opening only.
/// </summary>
internal readonly struct Decided : IRecord<Decided>
{
    public static RecordKind Kind => RecordKind.Decided;

    public LaneOrigin Origin { get; init; }

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public UserId To { get; init; }

    public ulong SendNumber { get; init; }

    public byte ContentKind { get; init; }

    public ErrorCode Code { get; init; }

    public ulong Sequence { get; init; }

    public ulong Time { get; init; }

    public static Decided Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Decided
        {
            Origin = LaneOrigin.Read(ref reader),
            User = reader.User(),
            Device = reader.Device(),
            To = reader.User(),
            SendNumber = reader.Number(),
            ContentKind = reader.Byte(),
            Code = (ErrorCode)reader.Number(),
            Sequence = reader.Number(),
            Time = reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Origin.Write(writer);
        writer.Id(User);
        writer.Id(Device);
        writer.Id(To);
        writer.Number(SendNumber);
        writer.Byte(ContentKind);
        writer.Number((ulong)Code);
        writer.Number(Sequence);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        BodyRef body = default;
        if (state.Existing(User).Find(Device) is { } device && device.HasAnswer(SendNumber))
        {
            ref var answer = ref device.AnswerOf(SendNumber);
            if (answer.Pending)
            {
                body = answer.Body;
                answer.Pending = false;
                answer.Body = default;
                answer.Code = Code;
                answer.Sequence = Sequence;
                answer.Time = Time;
                device.PendingSends--;
                state.Account.Undecided--;
                if (Code == ErrorCode.None) state.Account.Accepted++;
                else state.Account.Refused++;
            }
        }

        if (Origin.IsLocal)
        {
            var (waiting, number) = state.Existing(User).Join(To).AwaitingOpening.RemoveFirst();
            Invariant.Holds(waiting == Device && number == SendNumber, "sends that waited for an opening are decided in their order");
        }

        if (Code == ErrorCode.None) Enter(state, body);
        else if (Code == ErrorCode.UnknownRecipient) state.Existing(User).Join(To).IsOpen = false;
        if (!body.IsNone) state.Bodies.Release(body);
    }

    private void Enter(PartitionState state, BodyRef body)
    {
        if (Origin.IsLocal) state.Enter(User, Device, To, SendNumber, ContentKind, Sequence, Time, body);
        else state.AppendOwn(User, body.IsNone ? default : Device, To, Sequence, Time, body);
    }
}
