using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// An entry of a conversation. (Conversation, sequence) names it: after a crash before the acknowledgement the same pair comes again,
/// so an application that keeps messages by that pair has each once.
/// </summary>
public sealed record ReceivedMessage
{
    /// <summary>The conversation, as this user names it: for a direct one the other user.</summary>
    public required WireConversation Conversation { get; init; }

    /// <summary>The entry's place in it.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Who wrote it; this user, when it was another of their devices.</summary>
    public required UserId Sender { get; init; }

    /// <summary>On which device.</summary>
    public required DeviceId SenderDevice { get; init; }

    /// <summary>The sender's device's number of it.</summary>
    public required ulong SendNumber { get; init; }

    /// <summary>When the server gave it its place.</summary>
    public required DateTimeOffset ServerTime { get; init; }

    /// <summary>What it is. Kinds that the application does not know are to be acknowledged and skipped.</summary>
    public required ContentKind ContentKind { get; init; }

    /// <summary>The sender's bytes, unchanged. The application's to keep.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Counts the changes of history in this client, so that a late acknowledgement does not reach into the new one.</summary>
    internal int History { get; init; }
}
