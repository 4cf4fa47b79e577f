using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>What a user is told of one of their devices.</summary>
internal readonly record struct DeviceSummary(DeviceId Device, ulong AddedTime, ulong LastSeen, bool Online, bool Current);
