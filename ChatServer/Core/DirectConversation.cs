namespace ChatServer.Core;

/// <summary>The sequence of a conversation of two users; lives at the home of the smaller user id.</summary>
internal sealed class DirectConversation
{
    private RecipientStatus _smaller;
    private RecipientStatus _larger;

    /// <summary>The newest sequence number; the next entry gets one more.</summary>
    public ulong Head { get; set; }

    /// <summary>What the home of the user with the smaller or the larger id has said of that user as a recipient.</summary>
    public ref RecipientStatus StatusOf(bool isSmaller) => ref isSmaller ? ref _smaller : ref _larger;
}
