namespace ChatServer.Core;

/// <summary>
/// The sequence of a conversation of two users; lives at the home of the smaller user id. Index 0 is that user, 1 the other.
/// </summary>
internal sealed class DirectConversation
{
    /// <summary>The newest sequence number; the next entry gets one more.</summary>
    public ulong Head { get; set; }

    /// <summary>What the home of the smaller and of the larger user has said of them as recipients.</summary>
    public RecipientStatus[] Status { get; } = new RecipientStatus[2];
}
