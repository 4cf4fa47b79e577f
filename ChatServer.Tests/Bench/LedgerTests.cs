using ChatServer.Bench.Checking;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>A checker that finds nothing proves nothing: each kind of fault has to turn its verdict.</summary>
internal sealed class LedgerTests
{
    private const int Sender = 0;
    private const int Recipient = 1;

    [Test]
    public void A_history_without_a_fault_is_clean()
    {
        var ledger = Promised(3);
        for (ulong i = 1; i <= 3; i++) ledger.Received(Recipient, Sender, i, i, i);
        Assert.That((ledger.IsDrained, ledger.Judge()), Is.EqualTo((true, Clean(3))));
    }

    [Test]
    public void A_repeat_at_the_same_place_is_no_fault()
    {
        var ledger = Promised(2);
        foreach (ulong i in (ulong[])[1, 2, 1, 2]) ledger.Received(Recipient, Sender, i, i, i);
        Assert.That(ledger.Judge(), Is.EqualTo(Clean(2)));
    }

    [Test]
    public void What_was_promised_and_never_came_is_lost()
    {
        var ledger = Promised(3);
        ledger.Received(Recipient, Sender, 1, 1, 1);
        ledger.Received(Recipient, Sender, 3, 3, 3);
        Assert.That((ledger.IsDrained, ledger.Judge().Lost), Is.EqualTo((false, 1L)));
    }

    [Test]
    public void What_was_not_promised_may_be_missing()
    {
        var ledger = Promised(1);
        ledger.Sent(Sender, 2, Recipient, 2);
        ledger.Received(Recipient, Sender, 1, 1, 1);
        Assert.That((ledger.IsDrained, ledger.Judge().IsClean), Is.EqualTo((true, true)));
    }

    [Test]
    public void One_message_at_two_places_is_doubled()
    {
        var ledger = Promised(1);
        ledger.Received(Recipient, Sender, 1, 1, 1);
        ledger.Received(Recipient, Sender, 1, 2, 1);
        Assert.That(ledger.Judge().Duplicated, Is.EqualTo(1));
    }

    [Test]
    public void A_later_one_first_is_reordered()
    {
        var ledger = Promised(2);
        ledger.Received(Recipient, Sender, 2, 2, 2);
        ledger.Received(Recipient, Sender, 1, 1, 1);
        Assert.That(ledger.Judge().Reordered, Is.EqualTo(1));
    }

    [Test]
    public void Another_place_than_promised_is_reordered()
    {
        var ledger = Promised(1);
        ledger.Received(Recipient, Sender, 1, 7, 1);
        Assert.That(ledger.Judge().Reordered, Is.EqualTo(1));
    }

    [Test]
    public void Other_bytes_than_sent_are_seen()
    {
        var ledger = Promised(1);
        ledger.Received(Recipient, Sender, 1, 1, 99);
        Assert.That(ledger.Judge().PayloadMismatches, Is.EqualTo(1));
    }

    [Test]
    public void Two_promises_for_one_message_contradict_each_other()
    {
        var ledger = Promised(1);
        ledger.Acknowledged(Sender, 1, 1);
        Assert.That(ledger.Judge().Contradicted, Is.Zero);
        ledger.Acknowledged(Sender, 1, 2);
        Assert.That(ledger.Judge().Contradicted, Is.EqualTo(1));
    }

    [TestCase(Recipient, Sender, 2UL, Description = "a number nobody gave")]
    [TestCase(2, Sender, 1UL, Description = "somebody else's message")]
    [TestCase(Recipient, 77, 1UL, Description = "a sender who is none")]
    public void What_nobody_sent_is_invented(int recipient, int sender, ulong number)
    {
        var ledger = Promised(1);
        ledger.Received(recipient, sender, number, 1, 1);
        Assert.That((ledger.Judge().Invented, ledger.Judge().IsClean), Is.EqualTo((1L, false)));
    }

    [Test]
    public void A_gap_is_no_clean_history()
    {
        var ledger = Promised(0);
        ledger.Gap();
        Assert.That(ledger.Judge().IsClean, Is.False);
    }

    private static Ledger Promised(ulong messages)
    {
        var ledger = new Ledger(3);
        for (ulong i = 1; i <= messages; i++)
        {
            ledger.Sent(Sender, i, Recipient, hash: i);
            ledger.Acknowledged(Sender, i, sequence: i);
        }

        return ledger;
    }

    private static Verdict Clean(long messages) => new()
    {
        Sent = messages, Acknowledged = messages, Received = messages, Lost = 0, Duplicated = 0, Reordered = 0, PayloadMismatches = 0, Gaps = 0, Contradicted = 0, Invented = 0,
    };
}
