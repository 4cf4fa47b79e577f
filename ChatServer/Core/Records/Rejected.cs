using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>The conversation's home refuses a message that came from the sender's home.</summary>
internal readonly struct Rejected : IRecord<Rejected>
{
    public static RecordKind Kind => RecordKind.Rejected;

    public LaneOrigin Origin { get; init; }

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public UserId To { get; init; }

    public ulong SendNumber { get; init; }

    public ErrorCode Code { get; init; }

    public static Rejected Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Rejected
        {
            Origin = LaneOrigin.Read(ref reader),
            User = reader.User(),
            Device = reader.Device(),
            To = reader.User(),
            SendNumber = reader.Number(),
            Code = (ErrorCode)reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        Origin.Write(writer);
        writer.Id(User);
        writer.Id(Device);
        writer.Id(To);
        writer.Number(SendNumber);
        writer.Number((ulong)Code);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.Lanes.MarkApplied(Origin);
        state.Lanes.Add(Origin.From, new LaneRecord
        {
            Kind = LaneRecordKind.Decision, User = User, Device = Device, Other = To, SendNumber = SendNumber, Code = Code,
        });
    }
}
