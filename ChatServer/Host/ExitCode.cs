namespace ChatServer.Host;

/// <summary>What the process ends with; docs/OPERATIONS.md says what to do about each.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A command was refused; nothing is broken.</summary>
    public const int Refused = 1;

    /// <summary>Not as it was told: an option, the command line, a data directory that cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>Storage failed: a read, write or sync of the data directory returned an error.</summary>
    public const int StorageFailed = 70;
}
