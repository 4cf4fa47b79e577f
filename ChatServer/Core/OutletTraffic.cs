namespace ChatServer.Core;

/// <summary>What an outlet has from the first thing on that it says.</summary>
internal sealed class OutletTraffic
{
    /// <summary>Up to where conversations were pushed.</summary>
    public Dictionary<Membership, ulong> Pushed { get; } = [];

    /// <summary>Conversations with something to push, in their order.</summary>
    public Queue<Membership> Ready { get; } = [];

    /// <summary>The same, to be found.</summary>
    public HashSet<Membership> Queued { get; } = [];

    /// <summary>Conversations whose marks changed in this drain, in the order they did.</summary>
    public List<Membership> MarksToPush { get; } = [];

    /// <summary>The same, to be found.</summary>
    public HashSet<Membership> Marked { get; } = [];
}
