using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>The server refused for good: a message, which then was not sent and never will be, or a login.</summary>
public sealed class ChatRefusedException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="code">The server's reason.</param>
    /// <param name="detail">The reason in words; may be empty.</param>
    /// <param name="argument">The number that belongs to the code; 0: none.</param>
    public ChatRefusedException(ErrorCode code, string detail, ulong argument = 0)
        : base(detail.Length == 0 ? $"refused: {code}" : $"refused: {code}: {detail}")
    {
        Code = code;
        Detail = detail;
        Argument = argument;
    }

    /// <summary>
    /// The server's reason. <see cref="ErrorCode.AlreadySettled"/> alone says that an answer had been given before and is no longer
    /// kept: the message may have been sent, once.
    /// </summary>
    public ErrorCode Code { get; }

    /// <summary>The reason in words, for people; may be empty.</summary>
    public string Detail { get; }

    /// <summary>The number that belongs to the code, such as a limit; 0: none.</summary>
    public ulong Argument { get; }
}
