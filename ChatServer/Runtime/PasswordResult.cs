namespace ChatServer.Runtime;

/// <summary>What became of a <see cref="PasswordJob"/>. The default value lets nobody in.</summary>
internal readonly record struct PasswordResult
{
    /// <summary>The PHC string to store; null unless a password was to be hashed.</summary>
    public string? Phc { get; init; }

    /// <summary>Whether the password compared is the right one.</summary>
    public bool Matches { get; init; }

    /// <summary>Why nothing could be computed; null when all went well.</summary>
    public Exception? Fault { get; init; }
}
