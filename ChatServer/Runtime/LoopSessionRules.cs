using System.Security.Cryptography;
using ChatServer.Core;
using ChatServer.Diagnostics;
using ChatServer.Network;
using ChatServer.Sessions;

namespace ChatServer.Runtime;

/// <summary>What all loops tell their sessions alike.</summary>
internal sealed record LoopSessionRules(SessionSettings Settings, PartitionMap Map, TrustedSources Trusted, ServerMetrics Metrics)
{
    public FillRandom FillRandom { get; init; } = RandomNumberGenerator.Fill;
}
