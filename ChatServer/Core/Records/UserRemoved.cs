using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The account ends: devices, password and what waited for it go; the heads of its conversations stay.</summary>
internal readonly ref struct UserRemoved : IRecord<UserRemoved>
{
    public static RecordKind Kind => RecordKind.UserRemoved;

    public UserId User { get; init; }

    public static UserRemoved Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new UserRemoved { User = reader.User() };
    }

    public void Write(RecordWriter writer) => writer.Id(User);

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Existing(User);
        foreach (var slot in user.Slots)
        {
            if (slot.Device is { } device) user.RemoveDevice(device, state);
        }

        foreach (ref var slot in user.Slots)
        {
            slot.WaitingEntries = 0;
            slot.WaitingBytes = 0;
        }

        state.Users.Unregister(user.Place);
        foreach (var membership in user.Memberships.All)
        {
            membership.DropTail(state);
            membership.AwaitingOpening.Clear();
            membership.IsOpening = false;
            membership.IsOpen = false;
            state.TellStatus(membership, RecipientStatus.Gone);
        }

        state.Users.LetGo(user);
    }
}
