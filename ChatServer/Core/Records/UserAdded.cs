using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>An account exists from here on; a removed one of the same name begins anew.</summary>
internal readonly ref struct UserAdded : IRecord<UserAdded>
{
    public static RecordKind Kind => RecordKind.UserAdded;

    /// <summary>The id as bytes: most accounts need no string until somebody uses them.</summary>
    public ReadOnlySpan<byte> User { get; init; }

    public ReadOnlySpan<byte> PasswordHash { get; init; }

    public bool Trusted { get; init; }

    public static UserAdded Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new UserAdded { User = reader.UserBytes(), PasswordHash = reader.Bytes(), Trusted = reader.Flag() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Bytes(PasswordHash);
        writer.Flag(Trusted);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var place = state.ShellRow(User);
        Invariant.Holds(!state.Users.ExistsAt(place), "an account is added once");
        state.Users.Register(place, PasswordHash, Trusted);
        if (state.Users.KeptAt(place) is not { } user) return;
        foreach (var membership in user.Memberships.All) state.TellStatus(membership, RecipientStatus.Open);
    }
}
