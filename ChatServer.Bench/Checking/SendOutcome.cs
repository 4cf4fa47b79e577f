namespace ChatServer.Bench.Checking;

/// <summary>What the author knows of a send.</summary>
internal enum SendOutcome : byte
{
    /// <summary>No answer yet.</summary>
    Open,

    /// <summary>The author does not ask any more.</summary>
    Unknown,

    Ok,
    Fail,
}
