namespace ChatServer.Protocol.Wire;

/// <summary>
/// The sizes and counts that hold on the wire from the first byte. What a server may lower is announced in Welcome.
/// </summary>
public static class ProtocolLimits
{
    /// <summary>The only protocol version there is.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of a frame header.</summary>
    public const int HeaderBytes = 8;

    /// <summary>Bytes of the preamble: four of magic, lowest and highest version.</summary>
    public const int PreambleBytes = 6;

    /// <summary>Most bytes of a frame's body after login.</summary>
    public const int BodyBytes = 65_536;

    /// <summary>Most bytes of a frame's body before login.</summary>
    public const int BodyBytesBeforeLogin = 4_096;

    /// <summary>Most bytes of a message's payload.</summary>
    public const int PayloadBytes = 16_384;

    /// <summary>Most bytes of a user id.</summary>
    public const int UserIdBytes = 64;

    /// <summary>Most bytes of a device id.</summary>
    public const int DeviceIdBytes = 32;

    /// <summary>Deepest nesting of arrays in a body.</summary>
    public const int Depth = 4;

    /// <summary>Most elements of one array.</summary>
    public const int Elements = 1_024;

    /// <summary>Most bytes of a secret in Hello.</summary>
    public const int SecretBytes = 1_024;

    /// <summary>Fewest bytes of a password to set.</summary>
    public const int PasswordMinBytes = 8;

    /// <summary>Most bytes of the client's name, and of its version.</summary>
    public const int ClientNameBytes = 64;

    /// <summary>Most bytes of a server's name.</summary>
    public const int ServerNameBytes = 64;

    /// <summary>Most bytes of the address in a redirection.</summary>
    public const int RedirectBytes = 256;

    /// <summary>Most bytes of the text for people in Error and GoAway.</summary>
    public const int DetailBytes = 256;

    /// <summary>Bytes of a history id.</summary>
    public const int HistoryBytes = 16;

    /// <summary>Most elements of the list in Receipt, and in Marks.</summary>
    public const int ListItems = 256;

    /// <summary>Most bytes a client may have echoed by Ping.</summary>
    public const int EchoBytes = 16;

    /// <summary>Most frames of unknown, ignorable kinds on one connection.</summary>
    public const int IgnoredFrames = 100;

    /// <summary>Sends of one device that may be undecided at a time.</summary>
    public const int UndecidedSends = 64;

    /// <summary>Decided and unsettled answers of one device.</summary>
    public const int UnsettledAnswers = 256;

    /// <summary>Devices of one user.</summary>
    public const int DevicesPerUser = 5;

    /// <summary>Most messages of a receive window; the default too.</summary>
    public const int WindowMessages = 512;

    /// <summary>Most bytes of payload of a receive window; the default too.</summary>
    public const int WindowBytes = 256 * 1_024;

    /// <summary>Fewest bytes of a receive window: two payloads of the largest size.</summary>
    public const int WindowBytesMin = 2 * PayloadBytes;
}
