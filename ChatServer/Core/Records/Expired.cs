using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>
/// Entries have waited for longer than they are kept: no device of the user gets them any more. The devices that had not are told at
/// their next login that something is missing.
/// </summary>
internal readonly struct Expired : IRecord<Expired>
{
    public static RecordKind Kind => RecordKind.Expired;

    public UserId User { get; init; }

    public UserId Other { get; init; }

    public ulong UpTo { get; init; }

    public static Expired Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Expired { User = reader.User(), Other = reader.User(), UpTo = reader.Number() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Other);
        writer.Number(UpTo);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Existing(User);
        var membership = user.Memberships[Other];
        for (var i = 0; i < user.Slots.Length; i++)
        {
            if (!user.Slots[i].Active || membership.Advance(i, Math.Min(UpTo, membership.Head), isReceived: false, state) <= 0) continue;
#if MUTANTS
            if (PlantedBugs.Active == PlantedBug.ExpiredNotTold) continue;
#endif
            if (user.Slots[i].Device is { } device) device.Detached = true;
        }

        state.TellRoom(user);
    }
}
