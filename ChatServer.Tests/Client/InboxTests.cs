using ChatServer.Protocol.Client;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Client;

/// <summary>What is handed on, and which cursors the server is told when.</summary>
internal sealed class InboxTests
{
    private static readonly WireConversation Bob = WireConversation.Direct(UserId.Parse("bob"));
    private static readonly WireConversation Carol = WireConversation.Direct(UserId.Parse("carol"));

    [Test]
    public void A_message_is_handed_on_once_over_sessions()
    {
        var inbox = Opened();
        Assert.That(Push(inbox, Bob, 1, 0), Is.EqualTo(PushOutcome.New));
        Assert.That(Push(inbox, Bob, 2, 1), Is.EqualTo(PushOutcome.New));
        inbox.Open();
        Assert.That(Push(inbox, Bob, 1, 0), Is.EqualTo(PushOutcome.Duplicate));
        Assert.That(Push(inbox, Bob, 2, 1), Is.EqualTo(PushOutcome.Duplicate));
        Assert.That(Push(inbox, Bob, 3, 2), Is.EqualTo(PushOutcome.New));
    }

    [Test]
    public void A_message_that_does_not_follow_the_last_one_is_a_gap()
    {
        var inbox = Opened();
        Assert.That(Push(inbox, Bob, 5, 3), Is.EqualTo(PushOutcome.New), "the first names the cursor");
        Assert.That(Push(inbox, Bob, 9, 7), Is.EqualTo(PushOutcome.Gap));
        Assert.That(Push(inbox, Carol, 2, 2), Is.EqualTo(PushOutcome.Gap), "nothing follows itself");
    }

    [Test]
    public void What_is_not_due_to_this_device_is_no_gap()
    {
        var inbox = Opened();
        Push(inbox, Bob, 2, 0);
        Assert.That(Push(inbox, Bob, 7, 2), Is.EqualTo(PushOutcome.New));
    }

    [Test]
    public void Only_what_the_store_has_flushed_is_told()
    {
        var inbox = Opened();
        Push(inbox, Bob, 1, 0);
        Assert.That(inbox.Acknowledge(Bob, 1), Is.EqualTo(new StoredCursors(Bob, 1, 0)));
        Assert.That(Told(inbox), Is.Empty, "before the flush");
        Flush(inbox);
        Assert.That(Told(inbox), Is.EqualTo(new[] { (Bob, 1UL, 0UL) }));
        Assert.That(Told(inbox), Is.Empty, "once is enough");
    }

    [Test]
    public void What_was_acknowledged_during_a_flush_waits_for_the_next()
    {
        var inbox = Opened();
        for (ulong i = 1; i <= 3; i++) Push(inbox, Bob, i, i - 1);
        inbox.Acknowledge(Bob, 1);
        var flushing = inbox.TakeChanged();
        inbox.Acknowledge(Bob, 3);
        inbox.OnFlushed(flushing, inbox.History);
        Assert.That(Told(inbox), Is.EqualTo(new[] { (Bob, 1UL, 0UL) }));
        Flush(inbox);
        Assert.That(Told(inbox), Is.EqualTo(new[] { (Bob, 3UL, 0UL) }));
    }

    [Test]
    public void Reading_acknowledges_what_was_received_of_it_and_nothing_more()
    {
        var inbox = Opened();
        Push(inbox, Bob, 1, 0);
        Push(inbox, Bob, 2, 1);
        Assert.That(inbox.MarkRead(Bob, 9), Is.EqualTo(new StoredCursors(Bob, 2, 9)));
    }

    [Test]
    public void Cursors_never_go_back()
    {
        var inbox = Opened();
        Push(inbox, Bob, 4, 3);
        inbox.MarkRead(Bob, 4);
        Assert.That(inbox.Acknowledge(Bob, 2), Is.Null);
        Assert.That(inbox.MarkRead(Bob, 3), Is.Null);
    }

    [Test]
    public void A_receipt_that_may_be_lost_is_told_again_in_the_next_session()
    {
        var inbox = Acknowledged();
        Told(inbox);
        inbox.Open();
        Assert.That(Told(inbox), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_pong_well_after_a_receipt_shows_that_the_server_has_it()
    {
        var inbox = Acknowledged();
        inbox.TakeKept(TimeSpan.FromSeconds(10));
        inbox.OnPong(TimeSpan.FromSeconds(10.5));
        inbox.Open();
        Assert.That(Told(inbox), Has.Length.EqualTo(1), "a crash of the server may take half a second back");
        inbox.TakeKept(TimeSpan.FromSeconds(20));
        inbox.OnPong(TimeSpan.FromSeconds(22));
        inbox.Open();
        Assert.That(Told(inbox), Is.Empty);
    }

    [Test]
    public void A_repeat_of_what_was_acknowledged_is_acknowledged_again()
    {
        var inbox = Acknowledged();
        Told(inbox);
        Push(inbox, Carol, 1, 0);
        Assert.That(Told(inbox), Is.Empty);
        Assert.That(inbox.OnMessage(new MessageFrame { Conversation = Bob, Sequence = 1, Previous = 1 }), Is.EqualTo(PushOutcome.Gap));
        inbox.Open();
        Told(inbox);
        Assert.That(Push(inbox, Bob, 1, 0), Is.EqualTo(PushOutcome.Duplicate));
        Assert.That(Told(inbox), Is.EqualTo(new[] { (Bob, 1UL, 0UL) }));
    }

    [Test]
    public void A_restart_goes_on_where_the_store_stands_and_says_so()
    {
        var inbox = new Inbox();
        inbox.Recover([new StoredCursors(Bob, 3, 2)]);
        inbox.Open();
        Assert.That(Told(inbox), Is.EqualTo(new[] { (Bob, 3UL, 2UL) }));
        Assert.That(Push(inbox, Bob, 3, 2), Is.EqualTo(PushOutcome.Duplicate));
        Assert.That(Push(inbox, Bob, 4, 3), Is.EqualTo(PushOutcome.New));
    }

    [Test]
    public void More_cursors_than_a_receipt_holds_take_two()
    {
        var inbox = Opened();
        for (var i = 0; i < ProtocolLimits.ListItems + 44; i++)
        {
            var conversation = WireConversation.Direct(UserId.Parse($"user{i}"));
            Push(inbox, conversation, 1, 0);
            inbox.Acknowledge(conversation, 1);
        }

        Flush(inbox);
        Assert.That((Told(inbox).Length, Told(inbox).Length, Told(inbox).Length), Is.EqualTo((ProtocolLimits.ListItems, 44, 0)));
    }

    [Test]
    public void Another_history_leaves_nothing_of_the_old_one()
    {
        var inbox = Acknowledged();
        inbox.MarkRead(Bob, 1);
        var flushing = inbox.TakeChanged();
        var history = inbox.History;
        inbox.Forget();
        inbox.Open();
        inbox.OnFlushed(flushing, history);
        Assert.That(Told(inbox), Is.Empty);
        Assert.That(Push(inbox, Bob, 1, 0), Is.EqualTo(PushOutcome.New));
    }

    private static Inbox Opened()
    {
        var inbox = new Inbox();
        inbox.Open();
        return inbox;
    }

    private static Inbox Acknowledged()
    {
        var inbox = Opened();
        Push(inbox, Bob, 1, 0);
        inbox.Acknowledge(Bob, 1);
        Flush(inbox);
        return inbox;
    }

    private static PushOutcome Push(Inbox inbox, WireConversation conversation, ulong sequence, ulong previous) =>
        inbox.OnMessage(new MessageFrame { Conversation = conversation, Sequence = sequence, Previous = previous });

    private static void Flush(Inbox inbox) => inbox.OnFlushed(inbox.TakeChanged(), inbox.History);

    private static (WireConversation Conversation, ulong Delivered, ulong Read)[] Told(Inbox inbox) =>
        [.. inbox.TakeKept(TimeSpan.Zero).Select(item => (item.Conversation, item.DeliveredUpTo, item.ReadUpTo))];
}
