using System.Text;
using ChatServer.Protocol.Client;
using ChatServer.Protocol.Wire;
using ChatServer.Terminal;
using NUnit.Framework;

namespace ChatServer.Tests.Terminal;

internal sealed class ConversationBookTests
{
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly UserId Bob = UserId.Parse("bob");
    private static readonly UserId Carol = UserId.Parse("carol");

    [Test]
    public void Ticks_turn_from_waiting_to_read()
    {
        var book = new ConversationBook(Alice);
        var entry = book.Sending(Bob, "hello", DateTimeOffset.UnixEpoch);
        var conversation = book.With(Bob);
        Assert.That(conversation.StateOf(entry), Is.EqualTo(EntryState.Waiting));
        entry.Sequence = 7;
        Assert.That(conversation.StateOf(entry), Is.EqualTo(EntryState.Sent));
        book.Marked(new Mark(WireConversation.Direct(Bob), Bob, 7, 6));
        Assert.That(conversation.StateOf(entry), Is.EqualTo(EntryState.Delivered));
        book.Marked(new Mark(WireConversation.Direct(Bob), Bob, 7, 7));
        Assert.That(conversation.StateOf(entry), Is.EqualTo(EntryState.Read));
    }

    [Test]
    public void Marks_that_come_late_take_nothing_back()
    {
        var conversation = new Conversation(Bob);
        conversation.Mark(9, 8);
        conversation.Mark(5, 3);
        Assert.That((conversation.DeliveredUpTo, conversation.ReadUpTo), Is.EqualTo((9UL, 8UL)));
    }

    [Test]
    public void A_refused_message_stays_refused()
    {
        var book = new ConversationBook(Alice);
        var entry = book.Sending(Bob, "hello", DateTimeOffset.UnixEpoch);
        entry.Problem = "quota";
        book.Marked(new Mark(WireConversation.Direct(Bob), Bob, 9, 9));
        Assert.That(book.With(Bob).StateOf(entry), Is.EqualTo(EntryState.Refused));
    }

    [Test]
    public void The_newest_activity_is_on_top_and_the_open_one_stays_open()
    {
        var book = new ConversationBook(Alice);
        book.Received(Message(Bob, Bob, 1));
        book.Received(Message(Carol, Carol, 1));
        Assert.That(book.Conversations.Select(one => one.With), Is.EqualTo((UserId[])[Carol, Bob]));
        Assert.That(book.Open?.With, Is.EqualTo(Bob));
        book.Move(-1);
        Assert.That(book.Open?.With, Is.EqualTo(Carol));
        book.Move(-1);
        Assert.That(book.Open?.With, Is.EqualTo(Carol), "there is nothing above the top");
    }

    [Test]
    public void What_was_looked_at_is_reported_once()
    {
        var book = new ConversationBook(Alice);
        book.Received(Message(Bob, Bob, 4));
        book.Received(Message(Bob, Bob, 5));
        Assert.That((book.With(Bob).Unread, book.With(Bob).Look(), book.With(Bob).Look()), Is.EqualTo((2, 5UL, 0UL)));
    }

    [Test]
    public void What_another_device_of_mine_wrote_is_mine_and_not_unread()
    {
        var book = new ConversationBook(Alice);
        var conversation = book.Received(Message(Bob, Alice, 3));
        Assert.That((conversation.Unread, conversation.StateOf(conversation.Entries[0])), Is.EqualTo((0, EntryState.Sent)));
    }

    [Test]
    public void Old_entries_go_before_memory_does()
    {
        var conversation = new Conversation(Bob);
        for (ulong i = 1; i <= Conversation.KeptEntries + 10; i++) conversation.Add(new Entry(false, "x", DateTimeOffset.UnixEpoch) { Sequence = i });
        Assert.That((conversation.Entries.Count, conversation.Entries[0].Sequence), Is.EqualTo((Conversation.KeptEntries, 11UL)));
    }

    [TestCase("two\nlines", "two\\nlines")]
    [TestCase("back\\slash", "back\\\\slash")]
    [TestCase("\u001b[2Jgone", "\\u001b[2Jgone")]
    [TestCase("turned \u202Eround", "turned \\u202eround")]
    [TestCase("plain ö 😀", "plain ö 😀")]
    public void Text_becomes_one_harmless_line_and_back(string text, string line)
    {
        Assert.That(PrintableText.Escape(text), Is.EqualTo(line));
        Assert.That(PrintableText.Unescape(line), Is.EqualTo(text));
    }

    [Test]
    public void No_control_reaches_the_screen()
    {
        Assert.That(PrintableText.Show("\u001b]0;title\u0007"), Is.EqualTo("\uFFFD]0;title\uFFFD"));
    }

    [Test]
    public void The_line_editor_edits_whole_characters()
    {
        var editor = new LineEditor();
        foreach (var one in "a😀b") editor.Take(new ConsoleKeyInfo(one, ConsoleKey.None, false, false, false));
        editor.Take(Key(ConsoleKey.LeftArrow));
        editor.Take(Key(ConsoleKey.Backspace));
        Assert.That((editor.BeforeCursor, editor.AfterCursor), Is.EqualTo(("a", "b")));
        editor.Take(Key(ConsoleKey.Home));
        editor.Take(Key(ConsoleKey.Delete));
        Assert.That(editor.Take(Key(ConsoleKey.Enter)), Is.EqualTo("b"));
        Assert.That(editor.BeforeCursor + editor.AfterCursor, Is.Empty);
    }

    private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, false, false, false);

    private static ReceivedMessage Message(UserId with, UserId sender, ulong sequence) => new()
    {
        Conversation = WireConversation.Direct(with), Sequence = sequence, Sender = sender, SenderDevice = DeviceId.Parse("phone"), SendNumber = sequence,
        ServerTime = DateTimeOffset.UnixEpoch, ContentKind = ContentKind.Message, Payload = Encoding.UTF8.GetBytes("text"),
    };
}
