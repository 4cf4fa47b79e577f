using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>Why a connection ended.</summary>
/// <param name="Code">The server's reason; <see cref="ErrorCode.None"/> when it gave none.</param>
/// <param name="RetryAfter">When the server wants to see the client again; zero: not said.</param>
/// <param name="Detail">The reason in words.</param>
internal sealed record SessionEnd(ErrorCode Code, TimeSpan RetryAfter, string Detail)
{
    /// <summary>Where the user lives, host:port, when that is not here.</summary>
    public string? Redirect { get; init; }

    public static SessionEnd Local(string detail) => new(ErrorCode.None, TimeSpan.Zero, detail);
}
