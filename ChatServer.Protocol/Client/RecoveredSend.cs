using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>A message that an earlier run of this client sent without seeing the answer; it is sent again under its number.</summary>
/// <param name="Conversation">Where to.</param>
/// <param name="SendNumber">Its number.</param>
/// <param name="Payload">Its bytes.</param>
/// <param name="Answer">Ends as the task of <see cref="ChatClient.SendAsync"/> would have.</param>
public sealed record RecoveredSend(WireConversation Conversation, ulong SendNumber, ReadOnlyMemory<byte> Payload, Task<SentMessage> Answer);
