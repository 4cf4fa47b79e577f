using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A send number is consumed and its message refused for good, within the sender's home.</summary>
internal readonly struct SendRefused : IRecord<SendRefused>
{
    public static RecordKind Kind => RecordKind.SendRefused;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong SendNumber { get; init; }

    public ulong Settled { get; init; }

    public ulong ContentHash { get; init; }

    public UserId To { get; init; }

    public ErrorCode Code { get; init; }

    public static SendRefused Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new SendRefused
        {
            User = reader.User(),
            Device = reader.Device(),
            SendNumber = reader.Number(),
            Settled = reader.Number(),
            ContentHash = reader.Fixed64(),
            To = reader.User(),
            Code = (ErrorCode)reader.Number(),
        };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(SendNumber);
        writer.Number(Settled);
        writer.Fixed64(ContentHash);
        writer.Id(To);
        writer.Number((ulong)Code);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var device = state.Existing(User, Device);
        device.Settle(Settled);
        device.Consume(new Answer { Number = SendNumber, To = To, ContentHash = ContentHash, Code = Code }, state);
        if (Code == ErrorCode.UnknownRecipient && state.Existing(User).Memberships.TryGet(To, out var membership)) membership.IsOpen = false;
    }
}
