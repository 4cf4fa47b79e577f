using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>A checkpoint that is kept, and the batch behind which replay goes on from it.</summary>
internal readonly record struct CheckpointMark(ulong Number, CommitMark After);
