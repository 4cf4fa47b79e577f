using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A new password; every device has to log in by it once, since the old one may have been known to somebody.</summary>
internal readonly ref struct PasswordSet : IRecord<PasswordSet>
{
    public static RecordKind Kind => RecordKind.PasswordSet;

    public UserId User { get; init; }

    public ReadOnlySpan<byte> PasswordHash { get; init; }

    public static PasswordSet Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new PasswordSet { User = reader.User(), PasswordHash = reader.Bytes() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Bytes(PasswordHash);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var place = state.ExistingRow(User);
        state.Users.SetPassword(place, PasswordHash);
        if (state.Users.KeptAt(place) is not { } user) return;
        foreach (ref var slot in user.Slots)
        {
            if (slot.Device is { } device) device.TokensValid = false;
        }
    }
}
