using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>An entry that some device of the user still waits for, and whose record has to be kept elsewhere.</summary>
internal readonly record struct Survivor(UserId User, UserId Other, ulong Sequence, ulong Time, bool IsFromOther, BodyRef Body);
