using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A device has reported how far it has received and read in one conversation. Only what is true is recorded.</summary>
internal readonly struct Received : IRecord<Received>
{
    public static RecordKind Kind => RecordKind.Received;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public UserId Other { get; init; }

    public ulong Delivered { get; init; }

    public ulong Read { get; init; }

    public ulong MarksAcknowledged { get; init; }

    static Received IRecord<Received>.Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Received
        {
            User = reader.User(),
            Device = reader.Device(),
            Other = reader.User(),
            Delivered = reader.Number(),
            Read = reader.Number(),
            MarksAcknowledged = reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Id(Other);
        writer.Number(Delivered);
        writer.Number(Read);
        writer.Number(MarksAcknowledged);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Existing(User);
        var device = state.Existing(User, Device);
        device.Detached = false;
        device.MarksAcknowledged = Math.Max(device.MarksAcknowledged, MarksAcknowledged);
        if (Other.IsNone) return;
        var membership = user.Join(Other);

        membership.Advance(device.Slot, Delivered, isReceived: true, state);
        membership.Read = Math.Max(membership.Read, Read);
        state.TellMarks(membership);
        if (membership.ToldStatus == RecipientStatus.Full) state.TellRoom(user);
    }
}
