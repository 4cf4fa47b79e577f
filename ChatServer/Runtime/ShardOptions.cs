using System.Net;
using ChatServer.Core;
using ChatServer.Network;

namespace ChatServer.Runtime;

/// <summary>What a shard is made of, in the terms of the rooms below.</summary>
internal sealed record ShardOptions
{
    public required LoopSessionRules Rules { get; init; }

    public CoreLimits Limits { get; init; } = new();

    public LoopOptions Loop { get; init; } = new();

    public UpkeepOptions Upkeep { get; init; } = new();

    /// <summary>Threads that own partitions and connections.</summary>
    public int Loops { get; init; } = 1;

    /// <summary>Null: no clients are taken; for administration of a directory that is not served.</summary>
    public IPEndPoint? EndPoint { get; init; }

    public AcceptLimits Accept { get; init; } = new();
}
