using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;

namespace ChatServer.Terminal;

/// <summary>What the terminal shows, without how: the conversations, the newest activity first, and one that is open.</summary>
internal sealed class ConversationBook(UserId self)
{
    private readonly List<Conversation> _conversations = [];

    public UserId Self { get; } = self;

    public IReadOnlyList<Conversation> Conversations => _conversations;

    /// <summary>The one that is looked at; null until there is one.</summary>
    public Conversation? Open { get; private set; }

    /// <summary>The conversation with a user, at its place in the list; made when there is none.</summary>
    public Conversation With(UserId user)
    {
        if (_conversations.Find(one => one.With == user) is { } known) return known;
        var conversation = new Conversation(user);
        _conversations.Add(conversation);
        Open ??= conversation;
        return conversation;
    }

    public void OpenWith(UserId user) => Open = With(user);

    /// <summary>Goes up or down the list.</summary>
    public void Move(int step)
    {
        if (Open is null) return;
        var index = _conversations.IndexOf(Open) + step;
        Open = _conversations[Math.Clamp(index, 0, _conversations.Count - 1)];
    }

    public Conversation Received(ReceivedMessage message)
    {
        var conversation = Raise(message.Conversation.User);
        var isMine = message.Sender == Self;
        conversation.Add(new Entry(isMine, Encoding.UTF8.GetString(message.Payload.Span), message.ServerTime) { Sequence = message.Sequence });
        return conversation;
    }

    /// <summary>A message that is on its way.</summary>
    public Entry Sending(UserId to, string text, DateTimeOffset time)
    {
        var entry = new Entry(isMine: true, text, time);
        Raise(to).Add(entry);
        return entry;
    }

    public void Marked(Mark mark)
    {
        if (!mark.Conversation.IsGroup) With(mark.Conversation.User).Mark(mark.DeliveredUpTo, mark.ReadUpTo);
    }

    private Conversation Raise(UserId user)
    {
        var conversation = With(user);
        _conversations.Remove(conversation);
        _conversations.Insert(0, conversation);
        return conversation;
    }
}
