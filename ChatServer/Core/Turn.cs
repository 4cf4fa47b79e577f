namespace ChatServer.Core;

/// <summary>
/// What one drain of a loop shares with its partitions: the time, and what they want to say. One a loop, reused.
/// </summary>
internal sealed class Turn
{
    /// <summary>Milliseconds since 1970 UTC, as the loop read it before the drain.</summary>
    public ulong Now { get; set; }

    /// <summary>Milliseconds that only rise, whatever becomes of the clock: what silence is measured with.</summary>
    public ulong Uptime { get; set; }

    /// <summary>What this drain wants to say once it is durable. The loop puts a new one in after each append.</summary>
    public HeldOutputs Outputs { get; set; } = new();
}
