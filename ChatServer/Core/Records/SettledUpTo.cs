using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The client has the answers up to this number for good; they need not be kept.</summary>
internal readonly struct SettledUpTo : IRecord<SettledUpTo>
{
    public static RecordKind Kind => RecordKind.SettledUpTo;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Settled { get; init; }

    public static SettledUpTo Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new SettledUpTo { User = reader.User(), Device = reader.Device(), Settled = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(Settled);
    }

    public void Apply(PartitionState state, BodyRef self) => state.Existing(User, Device).Settle(Settled);
}
