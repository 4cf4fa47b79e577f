using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[version u8, server str, session u64, serverTime u64, token bin|nil, limits, keepAlive, lastSendNumber u64, history bin,
/// degradation u8, redirect str|nil, detached bool]</c>. Server: the session is open; what holds in it.
/// </summary>
public readonly record struct WelcomeFrame : IFrame<WelcomeFrame>
{
    /// <inheritdoc/>
    public static FrameKind Kind => FrameKind.Welcome;

    /// <summary>The protocol version of this connection.</summary>
    public byte Version { get; init; }

    /// <summary>The server's name: at most <see cref="ProtocolLimits.ServerNameBytes"/>.</summary>
    public string Server { get => field ?? ""; init; }

    /// <summary>The number of the session, for the operator's logs.</summary>
    public ulong Session { get; init; }

    /// <summary>The server's time, milliseconds since 1970 UTC.</summary>
    public ulong ServerTime { get; init; }

    /// <summary>The token of the next login; none when the one that was used stays. A slice of the body.</summary>
    public ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>The limits that hold.</summary>
    public SessionLimits Limits { get; init; }

    /// <summary>How often something has to come from the client.</summary>
    public KeepAlive KeepAlive { get; init; }

    /// <summary>The highest send number that this device has used up: its mark.</summary>
    public ulong LastSendNumber { get; init; }

    /// <summary>
    /// Changes when the operator restored a backup: <see cref="ProtocolLimits.HistoryBytes"/>. Then cursors are discarded.
    /// </summary>
    public ReadOnlyMemory<byte> History { get; init; }

    /// <summary>0 all is well … 5: how much the server sheds.</summary>
    public byte Degradation { get; init; }

    /// <summary>Where the user lives, host:port, when that is not here: at most <see cref="ProtocolLimits.RedirectBytes"/>.</summary>
    public string? Redirect { get; init; }

    /// <summary>Whether the device was away so long that what waited for it was given up; it begins at the head again.</summary>
    public bool Detached { get; init; }

    /// <inheritdoc/>
    public int MaxBodyBytes =>
        FrameWriter.MaxArrayBytes + (5 * FrameWriter.MaxIntegerBytes) + FrameWriter.MaxBytes(Server) + FrameWriter.MaxBytes(Token)
        + SessionLimits.MaxBytes + KeepAlive.MaxBytes + FrameWriter.MaxBytes(History) + FrameWriter.MaxBytes(Redirect)
        + FrameWriter.BooleanBytes;

    /// <inheritdoc/>
    public void Write(ref FrameWriter writer)
    {
        writer.Array(12);
        writer.Integer(Version);
        writer.Text(Server);
        writer.Integer(Session);
        writer.Integer(ServerTime);
        if (Token.IsEmpty) writer.Nil();
        else writer.Binary(Token.Span);
        Limits.Write(ref writer);
        KeepAlive.Write(ref writer);
        writer.Integer(LastSendNumber);
        writer.Binary(History.Span);
        writer.Integer(Degradation);
        if (Redirect is null) writer.Nil();
        else writer.Text(Redirect);
        writer.Boolean(Detached);
    }

    /// <inheritdoc/>
    public static ErrorCode Read(ref FrameReader reader, out WelcomeFrame frame)
    {
        reader.BeginBody(mandatory: 12);
        frame = new WelcomeFrame
        {
            Version = reader.UInt8(min: 1),
            Server = reader.Text(ProtocolLimits.ServerNameBytes),
            Session = reader.UInt64(),
            ServerTime = reader.UInt64(),
            Token = reader.BinaryOrNil(ProtocolLimits.SecretBytes),
            Limits = SessionLimits.Read(ref reader),
            KeepAlive = KeepAlive.Read(ref reader),
            LastSendNumber = reader.UInt64(),
            History = reader.Binary(ProtocolLimits.HistoryBytes, minBytes: ProtocolLimits.HistoryBytes),
            Degradation = reader.UInt8(),
            Redirect = reader.TextOrNil(ProtocolLimits.RedirectBytes),
            Detached = reader.Boolean(),
        };
        return reader.EndBody();
    }
}
