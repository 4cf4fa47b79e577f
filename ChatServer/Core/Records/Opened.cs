using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// The sender's home has the answer to an opening. The sends that waited go on to the conversation's home, or are refused; when the
/// conversation's home is this partition, a <see cref="Decided"/> for each of them follows in the same section.
/// </summary>
internal readonly struct Opened : IRecord<Opened>
{
    public static RecordKind Kind => RecordKind.Opened;

    public LaneOrigin Origin { get; init; }

    public UserId User { get; init; }

    public UserId To { get; init; }

    public ErrorCode Code { get; init; }

    public static Opened Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Opened { Origin = LaneOrigin.Read(ref reader), User = reader.User(), To = reader.User(), Code = (ErrorCode)reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        Origin.Write(writer);
        writer.Id(User);
        writer.Id(To);
        writer.Number((ulong)Code);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        var membership = state.Existing(User).Join(To);
        membership.IsOpening = false;
        membership.IsOpen = Code == ErrorCode.None;
        var home = state.HomeOf(User, To);
        if (!membership.IsOpen) return;
        if (home == state.Id)
        {
            state.SetStatus(To, User, RecipientStatus.Open);
            return;
        }

        for (; membership.AwaitingOpening.Count > 0; membership.AwaitingOpening.RemoveFirst())
        {
            var (deviceId, number) = membership.AwaitingOpening[0];
            if (state.Existing(User).Find(deviceId) is not { } device || !device.HasAnswer(number)) continue;
            SendPending.Forward(state, User, deviceId, To, number, 1, device.AnswerOf(number).Body);
        }
    }
}
