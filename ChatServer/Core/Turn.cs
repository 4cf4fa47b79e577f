namespace ChatServer.Core;

/// <summary>
/// What one drain of a loop shares with its partitions: the time, and what they want to say. One a loop, reused.
/// </summary>
internal sealed class Turn
{
    /// <summary>Milliseconds since 1970 UTC, as the loop read it before the drain.</summary>
    public ulong Now { get; set; }

    /// <summary>Milliseconds on a clock that nobody sets, from any beginning: for what lasts, where <see cref="Now"/> may jump.</summary>
    public ulong Uptime { get; set; }

    /// <summary>
    /// False while the disk is so full that the log could not be laid out further: what would only add to it, new sends and new
    /// accounts, is refused for now; receipts, deliveries and logins have what is left.
    /// </summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>What this drain wants to say once it is durable. The loop puts a new one in after each append.</summary>
    public HeldOutputs Outputs { get; set; } = new();
}
