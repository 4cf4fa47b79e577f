using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// What every record with a payload begins with, whatever else it says: so that a delivery needs only the record's address.
/// </summary>
internal readonly ref struct Authored
{
    public UserId Sender { get; init; }

    public DeviceId Device { get; init; }

    public ulong SendNumber { get; init; }

    public byte ContentKind { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public static Authored Read(scoped ref RecordReader reader) => new()
    {
        Sender = reader.User(),
        Device = reader.Device(),
        SendNumber = reader.Number(),
        ContentKind = reader.Byte(),
        Payload = reader.Bytes(),
    };

    public void Write(RecordWriter writer)
    {
        writer.Id(Sender);
        writer.Id(Device);
        writer.Number(SendNumber);
        writer.Byte(ContentKind);
        writer.Bytes(Payload);
    }
}
