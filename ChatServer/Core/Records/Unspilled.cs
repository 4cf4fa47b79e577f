using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The newest spilled run of a conversation is in memory again: a device is about to get it, or it is to be moved.</summary>
internal readonly ref struct Unspilled : IRecord<Unspilled>
{
    public static RecordKind Kind => RecordKind.Unspilled;

    public UserId User { get; init; }

    public UserId Other { get; init; }

    /// <summary>The body of the run's index record.</summary>
    public ReadOnlySpan<byte> Index { get; init; }

    public static Unspilled Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Unspilled { User = reader.User(), Other = reader.User(), Index = reader.Rest() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Other);
        writer.Rest(Index);
    }

    public void Apply(PartitionState state, BodyRef self) => state.Existing(User).Memberships[Other].Unspill(Index, state);
}
