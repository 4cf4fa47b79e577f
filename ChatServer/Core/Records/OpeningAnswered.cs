using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A user's home has said whether another user may write to them.</summary>
internal readonly struct OpeningAnswered : IRecord<OpeningAnswered>
{
    public static RecordKind Kind => RecordKind.OpeningAnswered;

    public LaneOrigin Origin { get; init; }

    /// <summary>Who asks to write.</summary>
    public UserId User { get; init; }

    public UserId To { get; init; }

    public ErrorCode Code { get; init; }

    public static OpeningAnswered Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new OpeningAnswered
        {
            Origin = LaneOrigin.Read(ref reader), User = reader.User(), To = reader.User(), Code = (ErrorCode)reader.Number(),
        };
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
        if (Code == ErrorCode.None) state.TellStatus(state.Existing(To).Join(User), RecipientStatus.Open);
        state.Lanes.Add(Origin.From, new LaneRecord { Kind = LaneRecordKind.OpeningAnswered, User = User, Other = To, Code = Code });
    }
}
