using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>A message in a store.</summary>
/// <param name="SendNumber">This device's number of it, 1 or above.</param>
/// <param name="Conversation">Where to.</param>
/// <param name="Payload">Its bytes; not changed by anybody any more.</param>
public sealed record StoredSend(ulong SendNumber, WireConversation Conversation, ReadOnlyMemory<byte> Payload);
