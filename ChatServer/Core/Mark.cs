using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>How far somebody has received and read what a user wrote to them.</summary>
internal readonly record struct Mark(UserId Reader, ulong Delivered, ulong Read);
