using System.Net;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// One device on one connection, from accepting to the end. Volatile; owned by the loop that owns its connection.
/// </summary>
internal sealed class Session(ulong id, IPAddress remoteAddress, bool isTrustedSource, ulong uptime)
{
    public ulong Id { get; } = id;

    /// <summary>Comes from a source that the operator exempts from rates.</summary>
    public bool IsTrustedSource { get; } = isTrustedSource;

    public SessionPhase Phase { get; set; } = SessionPhase.AwaitingHello;

    public UserId User { get; set; }

    public DeviceId Device { get; set; }

    /// <summary>The user's home partition, once Hello has named the user.</summary>
    public int Home { get; set; }

    /// <summary>All that only the login needs, until it is decided.</summary>
    public LoginAttempt? Login { get; private set; } = new(remoteAddress);

    /// <summary>When anything came last, in milliseconds of uptime: a clock that is set must end nobody, and keep nobody. Starts with the connection.</summary>
    public ulong LastHeard { get; set; } = uptime;

    /// <summary>Silence after which the session ends; the Hello timeout until Welcome.</summary>
    public uint ToleratedSilenceMilliseconds { get; set; } = uint.MaxValue;

    public int IgnoredFrames { get; set; }

    /// <summary>Count and checksum of the Message frames of this session.</summary>
    public PushedTotal Pushed { get; set; }

    /// <summary>Sends that came in this session and whose answers were not said yet.</summary>
    public int UnansweredSends { get; set; }

    /// <summary>Reading is stopped: the login is being checked, or too many sends are undecided.</summary>
    public bool IsPaused { get; set; }

    public TokenBucket? Requests { get; set; }

    /// <summary>The login has succeeded, or will not any more.</summary>
    public void EndLogin() => Login = null;
}
