using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>How far another user has got in a conversation; the latest value, it only rises.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="User">Whose mark it is.</param>
/// <param name="DeliveredUpTo">One of their devices keeps every entry up to here.</param>
/// <param name="ReadUpTo">They have read up to here.</param>
public sealed record Mark(WireConversation Conversation, UserId User, ulong DeliveredUpTo, ulong ReadUpTo);
