using System.Text.Unicode;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// What may become a password: 8 to 1,024 bytes of valid UTF-8 without NUL. Asked when one is set and before one is hashed
/// for a login, so that nobody can buy hashing with a megabyte. No rule about kinds of characters: length is what counts.
/// </summary>
internal static class PasswordPolicy
{
    /// <summary><see cref="ErrorCode.None"/>, or <see cref="ErrorCode.PasswordPolicy"/>.</summary>
    public static ErrorCode Check(ReadOnlySpan<byte> password)
    {
        var lengthFits = password.Length is >= ProtocolLimits.PasswordMinBytes and <= ProtocolLimits.SecretBytes;
        return lengthFits && !password.Contains((byte)0) && Utf8.IsValid(password) ? ErrorCode.None : ErrorCode.PasswordPolicy;
    }
}
