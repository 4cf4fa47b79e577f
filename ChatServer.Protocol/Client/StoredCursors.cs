using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>How far a device has got in a conversation.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="DeliveredUpTo">The application has acknowledged up to here.</param>
/// <param name="ReadUpTo">The user has read up to here.</param>
public sealed record StoredCursors(WireConversation Conversation, ulong DeliveredUpTo, ulong ReadUpTo);
