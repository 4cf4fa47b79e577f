namespace ChatServer.Bench.Checking;

/// <summary>What a history comes to. Everything but the counts of what went well has to be 0.</summary>
public sealed record Verdict
{
    /// <summary>Messages that were given a number.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages that the server promised.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Messages that their recipient kept, each counted once.</summary>
    public required long Received { get; init; }

    /// <summary>Promised, and not received.</summary>
    public required long Lost { get; init; }

    /// <summary>Received under two sequences, so there twice.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Received after a later one of the same sender, or at another sequence than was promised.</summary>
    public required long Reordered { get; init; }

    /// <summary>Received with other bytes than were sent.</summary>
    public required long PayloadMismatches { get; init; }

    /// <summary>Entries whose predecessor was another one than the recipient knew.</summary>
    public required long Gaps { get; init; }

    /// <summary>Sends that were answered twice with different places.</summary>
    public required long Contradicted { get; init; }

    /// <summary>Received though nobody sent it.</summary>
    public required long Invented { get; init; }

    public bool IsClean => Lost == 0 && Duplicated == 0 && Reordered == 0 && PayloadMismatches == 0 && Gaps == 0 && Contradicted == 0 && Invented == 0;
}
