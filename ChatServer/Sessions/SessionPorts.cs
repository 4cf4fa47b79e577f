using ChatServer.Core;

namespace ChatServer.Sessions;

/// <summary>What a loop lends to its sessions.</summary>
/// <param name="Enter">A partition of this loop, ready to take an input.</param>
/// <param name="Reply">Says something at once.</param>
/// <param name="FillRandom">Secrets are made of it.</param>
internal sealed record SessionPorts(Func<int, Partition> Enter, Action<Session, ImmediateReply> Reply, FillRandom FillRandom);
