using System.Collections.Immutable;
using ChatServer.Protocol.Wire;

namespace ChatServer.Host;

/// <summary>One line back from the server.</summary>
internal sealed record AdminAnswer
{
    /// <summary>What became of it; none = done.</summary>
    public ErrorCode Code { get; init; }

    /// <summary>More to say to whoever typed it, in one line.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The accounts of a list, in byte order.</summary>
    public ImmutableArray<AdminUser> Users { get; init; } = [];

    /// <summary>The figures of a status, by name.</summary>
    public ImmutableSortedDictionary<string, long> Status { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Whether there are accounts after the last one named.</summary>
    public bool More { get; init; }
}
