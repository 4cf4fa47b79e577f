using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// The client ended before the answer came. The message may or may not have been sent; a client with the same kept store asks again
/// and learns it, see <see cref="ChatClient.RecoveredSends"/>.
/// </summary>
public sealed class ChatStoppedException : Exception
{
    /// <summary>An end.</summary>
    /// <param name="code">The server's reason; <see cref="ErrorCode.None"/> when the application closed the client.</param>
    /// <param name="detail">The reason in words.</param>
    /// <param name="inner">What broke here, such as the store's disk; null: nothing.</param>
    public ChatStoppedException(ErrorCode code, string detail, Exception? inner = null)
        : base(code == ErrorCode.None ? $"stopped: {detail}" : $"stopped: {code}: {detail}", inner)
    {
        Code = code;
        Detail = detail;
    }

    /// <summary>The server's reason; <see cref="ErrorCode.None"/> when the application closed the client.</summary>
    public ErrorCode Code { get; }

    /// <summary>The reason in words.</summary>
    public string Detail { get; }
}
