namespace ChatServer.Bench.Checking;

/// <summary>What a history comes to. Everything but the counts of what went well has to be 0.</summary>
public sealed record Verdict
{
    /// <summary>Messages that were given a number.</summary>
    public required long Sent { get; init; }

    /// <summary>Messages that the server promised.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Messages that a device kept, each counted once a device.</summary>
    public required long Received { get; init; }

    /// <summary>Promised and due to a device that did not keep it, each counted once a device. P1.</summary>
    public required long Lost { get; init; }

    /// <summary>Received under two sequences, so there twice. P2.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Received after a later one, or at another sequence than was promised, or at one that is taken. P3, P4.</summary>
    public required long Reordered { get; init; }

    /// <summary>Received with other bytes than were sent. P2.</summary>
    public required long PayloadMismatches { get; init; }

    /// <summary>Entries whose predecessor was another one than the device knew, that passed over one that was due, or that lie beyond all that was sent. P3.</summary>
    public required long Gaps { get; init; }

    /// <summary>Sends that were answered twice with different answers, and send numbers that the server forgot or made up. P2.</summary>
    public required long Contradicted { get; init; }

    /// <summary>Received though nobody sent it, or not to this user, or though it was refused; answers to what was never sent. P2.</summary>
    public required long Invented { get; init; }

    /// <summary>Marks that fell. P5.</summary>
    public long FallenMarks { get; init; }

    /// <summary>Marks that say more than any device of their user reported. P5.</summary>
    public long FalseMarks { get; init; }

    /// <summary>Frames on a connection that is not, or no longer, logged in as the device. P6.</summary>
    public long Misdirected { get; init; }

    /// <summary>Queues seen above their cap. P9.</summary>
    public long OverCap { get; init; }

    /// <summary>What was still not delivered or not answered when a deadline passed. P10.</summary>
    public long Undrained { get; init; }

    /// <summary>Events that were judged.</summary>
    public long Events { get; init; }

    /// <summary>Deliveries of what the device had kept already: no fault, and a run without any has shown nothing of it.</summary>
    public long Redelivered { get; init; }

    /// <summary>Crashes of the server's process.</summary>
    public long Crashes { get; init; }

    /// <summary>The first violation; null: there is none.</summary>
    public Violation? First { get; init; }

    public bool IsClean =>
        First is null && Lost == 0 && Duplicated == 0 && Reordered == 0 && PayloadMismatches == 0 && Gaps == 0 && Contradicted == 0 && Invented == 0
        && FallenMarks == 0 && FalseMarks == 0 && Misdirected == 0 && OverCap == 0 && Undrained == 0;
}
