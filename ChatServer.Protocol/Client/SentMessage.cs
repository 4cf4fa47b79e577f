using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>The server's promise for one message: it has its place, and the durability that is named.</summary>
/// <param name="Conversation">Where it went.</param>
/// <param name="SendNumber">This device's number of it.</param>
/// <param name="Sequence">Its place in the conversation.</param>
/// <param name="ServerTime">When it got it.</param>
/// <param name="Durability">What it survives.</param>
/// <param name="Duplicate">Whether an earlier, unanswered request had sent it already; it stands once all the same.</param>
public sealed record SentMessage(
    WireConversation Conversation, ulong SendNumber, ulong Sequence, DateTimeOffset ServerTime, Durability Durability, bool Duplicate);
