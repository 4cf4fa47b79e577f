using System.Net;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// A session until it is logged in: where it comes from, and what its Hello asked for, copied out of the receive buffer. The secret is
/// cleared when it has served.
/// </summary>
internal sealed class LoginAttempt(IPAddress remoteAddress)
{
    public IPAddress RemoteAddress { get; } = remoteAddress;

    public uint Correlation { get; private set; }

    public LoginMethod Method { get; private set; }

    public byte[] Secret { get; private set; } = [];

    public ulong Instance { get; private set; }

    public uint Attempt { get; private set; }

    public ulong Settled { get; private set; }

    public bool Foreground { get; private set; }

    public uint WindowMessages { get; private set; }

    public uint WindowBytes { get; private set; }

    public ulong MarksVersion { get; private set; }

    /// <summary>The device token that Welcome will carry.</summary>
    public byte[] NextToken { get; set; } = [];

    /// <summary>The epoch of the password that is being compared.</summary>
    public ulong PasswordEpoch { get; set; }

    /// <summary>The Hello has come.</summary>
    public void Take(uint correlation, in HelloFrame hello)
    {
        Correlation = correlation;
        Method = hello.Method;
        Secret = hello.Secret.ToArray();
        Instance = hello.Instance;
        Attempt = hello.Attempt;
        Settled = hello.Settled;
        Foreground = hello.Foreground;
        WindowMessages = hello.WindowMessages;
        WindowBytes = hello.WindowBytes;
        MarksVersion = hello.MarksVersion;
    }
}
