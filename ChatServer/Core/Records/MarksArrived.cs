using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The author's home has heard how far a reader is.</summary>
internal readonly struct MarksArrived : IRecord<MarksArrived>
{
    public static RecordKind Kind => RecordKind.MarksArrived;

    public LaneOrigin Origin { get; init; }

    public UserId Author { get; init; }

    public UserId Reader { get; init; }

    public ulong Delivered { get; init; }

    public ulong Read { get; init; }

    static MarksArrived IRecord<MarksArrived>.Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new MarksArrived
        {
            Origin = LaneOrigin.Read(ref reader),
            Author = reader.User(),
            Reader = reader.User(),
            Delivered = reader.Number(),
            Read = reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Origin.Write(writer);
        writer.Id(Author);
        writer.Id(Reader);
        writer.Number(Delivered);
        writer.Number(Read);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        state.TakeMarks(Author, Reader, Delivered, Read);
    }
}
