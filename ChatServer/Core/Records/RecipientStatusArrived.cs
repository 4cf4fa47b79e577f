using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The conversation's home has heard that a recipient is full, open again, or gone.</summary>
internal readonly struct RecipientStatusArrived : IRecord<RecipientStatusArrived>
{
    public static RecordKind Kind => RecordKind.RecipientStatusArrived;

    public LaneOrigin Origin { get; init; }

    public UserId Recipient { get; init; }

    public UserId Other { get; init; }

    public RecipientStatus Status { get; init; }

    public static RecipientStatusArrived Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new RecipientStatusArrived
        {
            Origin = LaneOrigin.Read(ref reader), Recipient = reader.User(), Other = reader.User(), Status = (RecipientStatus)reader.Byte(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Origin.Write(writer);
        writer.Id(Recipient);
        writer.Id(Other);
        writer.Byte((byte)Status);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        state.SetStatus(Recipient, Other, Status);
    }
}
