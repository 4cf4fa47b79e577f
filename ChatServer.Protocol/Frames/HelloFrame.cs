using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[user str, device str, [method u8, secret bin], instance u64, attempt u32, settled u64, foreground bool = true,
/// windowMessages u32 = 512, windowBytes u32 = 262144, clientName str = "", clientVersion str = "", marksVersion u64 = 0]</c>.
/// Client: who it is; the first frame of a connection and only the first. Answer: Welcome, or Error and the connection closes.
/// </summary>
public readonly record struct HelloFrame : IFrame<HelloFrame>
{
    /// <summary>A Hello with the defaults of the wire.</summary>
    public HelloFrame()
    {
    }

    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Hello;

    /// <summary>The user.</summary>
    public UserId User { get; init; }

    /// <summary>The device; the client's choice, the same at every login from it.</summary>
    public DeviceId Device { get; init; }

    /// <summary>What <see cref="Secret"/> is.</summary>
    public LoginMethod Method { get; init; }

    /// <summary>Password or token: at most <see cref="ProtocolLimits.SecretBytes"/>. A slice of the body.</summary>
    public ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>A random number, 1 or above, drawn at each start of the client.</summary>
    public ulong Instance { get; init; }

    /// <summary>Counts the connection attempts of this instance, so that a delayed one is known for a ghost.</summary>
    public uint Attempt { get; init; }

    /// <summary>The client has, and keeps, the final answers of all its send numbers up to here.</summary>
    public ulong Settled { get; init; }

    /// <summary>Whether somebody is looking; decides the keep-alive interval.</summary>
    public bool Foreground { get; init; } = true;

    /// <summary>How many messages may be pushed and not acknowledged. Brought into 1 … the server's limit.</summary>
    public uint WindowMessages { get; init; } = ProtocolLimits.WindowMessages;

    /// <summary>How many bytes of payload may be. Brought into 32,768 … the server's limit.</summary>
    public uint WindowBytes { get; init; } = ProtocolLimits.WindowBytes;

    /// <summary>The client's name, for the operator: at most <see cref="ProtocolLimits.ClientNameBytes"/>.</summary>
    public string ClientName { get => field ?? ""; init; } = "";

    /// <summary>The client's version, for the operator: at most <see cref="ProtocolLimits.ClientNameBytes"/>.</summary>
    public string ClientVersion { get => field ?? ""; init; } = "";

    /// <summary>The version of the last Marks that the client has; marks after it are pushed again.</summary>
    public ulong MarksVersion { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes =>
        (2 * FrameWriter.MaxArrayBytes) + FrameWriter.MaxBytes(User) + FrameWriter.MaxBytes(Device) + FrameWriter.MaxBytes(Secret)
        + (7 * FrameWriter.MaxIntegerBytes) + FrameWriter.BooleanBytes
        + FrameWriter.MaxBytes(ClientName) + FrameWriter.MaxBytes(ClientVersion);

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(12);
        writer.Id(User);
        writer.Id(Device);
        writer.Array(2);
        writer.Integer((byte)Method);
        writer.Binary(Secret.Span);
        writer.Integer(Instance);
        writer.Integer(Attempt);
        writer.Integer(Settled);
        writer.Boolean(Foreground);
        writer.Integer(WindowMessages);
        writer.Integer(WindowBytes);
        writer.Text(ClientName);
        writer.Text(ClientVersion);
        writer.Integer(MarksVersion);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out HelloFrame frame)
    {
        reader.BeginBody(mandatory: 6);
        var user = reader.User();
        var device = reader.Device();
        var outer = reader.BeginArray(mandatory: 2);
        var method = (LoginMethod)reader.UInt8(min: 1);
        var secret = reader.Binary(ProtocolLimits.SecretBytes);
        reader.EndArray(outer);
        frame = new HelloFrame
        {
            User = user,
            Device = device,
            Method = method,
            Secret = secret,
            Instance = reader.UInt64(min: 1),
            Attempt = reader.UInt32(),
            Settled = reader.UInt64(),
            Foreground = reader.BooleanOr(true),
            WindowMessages = reader.UInt32Or(ProtocolLimits.WindowMessages),
            WindowBytes = reader.UInt32Or(ProtocolLimits.WindowBytes),
            ClientName = reader.TextOrEmpty(ProtocolLimits.ClientNameBytes),
            ClientVersion = reader.TextOrEmpty(ProtocolLimits.ClientNameBytes),
            MarksVersion = reader.UInt64Or(0),
        };
        return reader.EndBody();
    }
}
