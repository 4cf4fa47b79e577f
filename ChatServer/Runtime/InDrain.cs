using ChatServer.Core;

namespace ChatServer.Runtime;

/// <summary>Gives a partition an input in a drain of its loop, and returns when what it logged is durable.</summary>
internal delegate void InDrain(int partition, Action<Partition> input);
