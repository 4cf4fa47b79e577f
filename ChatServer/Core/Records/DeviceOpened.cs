using ChatServer.Protocol.Wire;

namespace ChatServer.Core.Records;

/// <summary>A session of a device begins: the device is added when it is new, its tokens move on, older attempts are ghosts.</summary>
internal readonly struct DeviceOpened : IRecord<DeviceOpened>
{
    public static RecordKind Kind => RecordKind.DeviceOpened;

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public ulong Time { get; init; }

    public ulong Instance { get; init; }

    public uint Attempt { get; init; }

    public ulong Settled { get; init; }

    public ulong MarksAcknowledged { get; init; }

    public ulong TokenFamily { get; init; }

    public uint TokenGeneration { get; init; }

    /// <summary>False for the first token of a family, which nobody has used yet.</summary>
    public bool TokenUsed { get; init; }

    public Hash256 UsedToken { get; init; }

    public Hash256 NextToken { get; init; }

    public static DeviceOpened Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new DeviceOpened
        {
            User = reader.User(),
            Device = reader.Device(),
            Time = reader.Number(),
            Instance = reader.Fixed64(),
            Attempt = (uint)reader.Number(),
            Settled = reader.Number(),
            MarksAcknowledged = reader.Number(),
            TokenFamily = reader.Fixed64(),
            TokenGeneration = (uint)reader.Number(),
            TokenUsed = reader.Flag(),
            UsedToken = reader.Hash(),
            NextToken = reader.Hash(),
        };
    }

    public void Write(RecordWriter writer)
    {
        writer.Id(User);
        writer.Id(Device);
        writer.Number(Time);
        writer.Fixed64(Instance);
        writer.Number(Attempt);
        writer.Number(Settled);
        writer.Number(MarksAcknowledged);
        writer.Fixed64(TokenFamily);
        writer.Number(TokenGeneration);
        writer.Flag(TokenUsed);
        var used = UsedToken;
        var next = NextToken;
        writer.Bytes(used);
        writer.Bytes(next);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        var user = state.Existing(User);
        var known = user.Find(Device);
        var device = known ?? user.AddDevice(Device, Time);
        device.LastSeen = Time;
        device.Instance = Instance;
        device.Attempt = Attempt;
        device.Settle(Settled);
        device.MarksAcknowledged = Math.Max(device.MarksAcknowledged, MarksAcknowledged);
        device.TokenFamily = TokenFamily;
        device.TokenGeneration = TokenGeneration;
        device.TokenUsed = TokenUsed;
        device.UsedToken = UsedToken;
        device.NextToken = NextToken;
        device.TokensValid = true;
        state.LastTime = Math.Max(state.LastTime, Time);
        if (known is null) state.TellRoom(user); // a new device has room, however full the others are
    }
}
