namespace ChatServer.Runtime;

/// <summary>
/// Has something done by the loop that owns a partition, between two of its drains, and returns when it is done. What is done must
/// be short: the loop serves nobody meanwhile.
/// </summary>
internal delegate void BetweenDrains(int partition, Action<LoopPartitions> act);
