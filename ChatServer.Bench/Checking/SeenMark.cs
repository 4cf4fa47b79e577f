namespace ChatServer.Bench.Checking;

/// <summary>How far a device was told that another user is.</summary>
internal readonly record struct SeenMark(int User, ulong DeliveredUpTo, ulong ReadUpTo);
