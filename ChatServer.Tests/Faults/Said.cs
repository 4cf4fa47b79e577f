using ChatServer.Core;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Faults;

/// <summary>One thing that a shard said; for an entry with what its record holds.</summary>
internal sealed record Said(Output Output, UserId Sender = default, ulong SendNumber = 0, string Text = "");
