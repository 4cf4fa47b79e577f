using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>An old token was used again, so somebody has a copy: no token of the device opens a session any more.</summary>
internal readonly struct TokensRevoked : IRecord<TokensRevoked>
{
    public static RecordKind Kind => RecordKind.TokensRevoked;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Time { get; init; }

    public static TokensRevoked Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new TokensRevoked { User = reader.User(), Device = reader.Device(), Time = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(Time);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Existing(User, Device).TokensValid = false;
    }
}
