using ChatServer.Protocol.Wire;
using ChatServer.Storage;

namespace ChatServer.Core.Records;

/// <summary>The oldest entries in memory of a conversation, all in one cold file, are known by their outline only from here on.</summary>
internal readonly struct Spilled : IRecord<Spilled>
{
    public static RecordKind Kind => RecordKind.Spilled;

    public UserId User { get; init; }

    public UserId Other { get; init; }

    public int Count { get; init; }

    public int File { get; init; }

    public RecordSpan Index { get; init; }

    public static Spilled Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Spilled
        {
            User = reader.User(),
            Other = reader.User(),
            Count = reader.Count(SpilledRun.MaxEntries),
            File = reader.Count(int.MaxValue),
            Index = new RecordSpan(reader.Count(int.MaxValue), reader.Count(int.MaxValue)),
        };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Other);
        writer.Number((ulong)Count);
        writer.Number((ulong)File);
        writer.Number((ulong)Index.Offset);
        writer.Number((ulong)Index.Length);
    }

    public void Apply(PartitionState state, BodyRef self) => state.Existing(User).Memberships[Other].Spill(Count, File, Index, state);
}
