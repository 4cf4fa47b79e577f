using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>An account exists from here on; a removed one of the same name begins anew.</summary>
internal readonly ref struct UserAdded : IRecord<UserAdded>
{
    public static RecordKind Kind => RecordKind.UserAdded;

    public UserId User { get; init; }

    public ReadOnlySpan<byte> PasswordHash { get; init; }

    public bool Trusted { get; init; }

    public static UserAdded Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new UserAdded { User = reader.User(), PasswordHash = reader.Bytes(), Trusted = reader.Flag() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Bytes(PasswordHash);
        writer.Flag(Trusted);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Shell(User);
        Invariant.Holds(!user.Exists, "an account is added once");
        user.Exists = true;
        user.PasswordHash = PasswordHash.ToArray();
        user.PasswordEpoch++;
        user.Trusted = Trusted;
        for (var i = 0; i < user.Memberships.Count; i++) state.TellStatus(user.Memberships.GetAt(i).Value, RecipientStatus.Open);
    }
}
