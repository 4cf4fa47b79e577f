using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>What a Hello asked for, copied out of the receive buffer. The secret is cleared when it has served.</summary>
internal sealed class LoginAttempt(uint correlation, in HelloFrame hello)
{
    public uint Correlation { get; } = correlation;

    public LoginMethod Method { get; } = hello.Method;

    public byte[] Secret { get; } = hello.Secret.ToArray();

    public ulong Instance { get; } = hello.Instance;

    public uint Attempt { get; } = hello.Attempt;

    public ulong Settled { get; } = hello.Settled;

    public bool Foreground { get; } = hello.Foreground;

    public uint WindowMessages { get; } = hello.WindowMessages;

    public uint WindowBytes { get; } = hello.WindowBytes;

    public ulong MarksVersion { get; } = hello.MarksVersion;

    /// <summary>The epoch of the password that is being compared.</summary>
    public ulong PasswordEpoch { get; set; }
}
