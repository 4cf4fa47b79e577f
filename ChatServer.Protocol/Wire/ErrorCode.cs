namespace ChatServer.Protocol.Wire;

/// <summary>
/// Why a request was refused or a connection ends. The thousands tell a client what to do even with a code it does not know:
/// 1xxx do not retry; 2xxx not allowed (20x1: refresh the credentials); 3xxx do as told, then retry; 4xxx retry the same
/// number after the given time; 5xxx reconnect after the given time; 6xxx stop and tell the user.
/// Numbers are never reused. docs/PROTOCOL.md lists for each whether the connection closes.
/// </summary>
public enum ErrorCode : ushort
{
    /// <summary>No error. Never sent.</summary>
    None = 0,

    /// <summary>The body of a frame does not have its grammar. The connection closes.</summary>
    BadFrame = 1001,

    /// <summary>The length in a header is zero or above what is allowed now. The connection closes.</summary>
    BadLength = 1002,

    /// <summary>A field is larger, or holds more elements, than its limit. The argument is the limit.</summary>
    Limit = 1003,

    /// <summary>The kind of the frame is unknown and not ignorable, or more than 100 ignorable frames came. The connection closes.</summary>
    UnknownKind = 1004,

    /// <summary>The frame is known but not expected now, or not from a client. The connection closes.</summary>
    UnexpectedFrame = 1005,

    /// <summary>The first frame was not Hello. The connection closes.</summary>
    HelloFirst = 1006,

    /// <summary>The connection did not begin with the preamble. The connection closes.</summary>
    BadPreamble = 1007,

    /// <summary>A user or device name has a character that names do not have, or is empty.</summary>
    BadName = 1008,

    /// <summary>The request is well formed, and this server does not offer what it asks for.</summary>
    Unsupported = 1009,

    /// <summary>The send number was used before for other content. The first answer stands.</summary>
    Conflict = 1010,

    /// <summary>A message to oneself.</summary>
    OwnConversation = 1011,

    /// <summary>User, device and secret do not fit together. Whether the user exists is not said.</summary>
    BadCredentials = 2001,

    /// <summary>The server does not take registrations over the wire.</summary>
    RegistrationClosed = 2002,

    /// <summary>The name to register is taken.</summary>
    NameTaken = 2003,

    /// <summary>The password to set is shorter or longer than allowed, or not text.</summary>
    PasswordPolicy = 2004,

    /// <summary>The user has as many devices as a user may have.</summary>
    TooManyDevices = 2005,

    /// <summary>No such device of this user.</summary>
    UnknownDevice = 2006,

    /// <summary>The recipient does not exist, or does not want this user's messages: which is not said.</summary>
    UnknownRecipient = 2007,

    /// <summary>The recipient's outbox is full.</summary>
    Quota = 2008,

    /// <summary>The device token was used before its successor; all tokens of the device are revoked. Log in by password.</summary>
    TokenRevoked = 2011,

    /// <summary>A send number ahead of its turn. The argument is the number that is expected.</summary>
    OutOfOrder = 3001,

    /// <summary>A send number whose answer was settled; the send is not done again.</summary>
    AlreadySettled = 3002,

    /// <summary>Too many decided and unsettled answers: settle first, then send this number again.</summary>
    SettleFirst = 3003,

    /// <summary>A connection attempt that was overtaken by a later one of the same client. The connection closes.</summary>
    StaleAttempt = 3004,

    /// <summary>Not now: too much is under way, or the disk of the server is full.</summary>
    Busy = 4001,

    /// <summary>Not now: too many of these in this time.</summary>
    RateLimited = 4003,

    /// <summary>Not now: too many failed logins for this account from this network.</summary>
    LoginThrottled = 4004,

    /// <summary>It may or may not have happened. Send the same number again to learn which.</summary>
    OutcomeUnknown = 4999,

    /// <summary>The server stops or restarts.</summary>
    GoingAway = 5001,

    /// <summary>The client did not read what was due to it for too long. Resume by logging in.</summary>
    TooSlow = 5002,

    /// <summary>Nothing came for longer than the keep-alive allows.</summary>
    Idle = 5003,

    /// <summary>The server met a fault of its own on this connection.</summary>
    ServerFault = 5004,

    /// <summary>Hello did not come in time.</summary>
    HelloTimeout = 5005,

    /// <summary>The same device logged in on another connection.</summary>
    TakenOver = 6001,

    /// <summary>The device was removed, or its tokens revoked.</summary>
    Revoked = 6002,

    /// <summary>The account was removed.</summary>
    AccountRemoved = 6003,

    /// <summary>No protocol version in common. The argument is lowest × 256 + highest of the server.</summary>
    UnsupportedVersion = 6004,
}
