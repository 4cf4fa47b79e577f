using ChatServer.Bench.Checking;
using ChatServer.Bench.Load;
using ChatServer.Bench.Load.Raw;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>The driver's own judge: clean where all is well, and each planted fault is told, under its name and no other.</summary>
internal sealed class RawVerifierTests
{
    private const int PayloadBytes = 64;

    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly UserId Bob = UserId.Parse("bob");

    private RawVerifier _verifier = new();
    private RawPeer _alice = RawPeer.Pair(0, Alice, 1, Bob).First;
    private RawPeer _bob = RawPeer.Pair(0, Alice, 1, Bob).Second;
    private ulong _lastPushed;

    [SetUp]
    public void Begin()
    {
        _verifier = new RawVerifier();
        (_alice, _bob) = _verifier.Join(0, Alice, 1, Bob);
        _lastPushed = 0;
    }

    [Test]
    public void What_goes_right_is_clean_whichever_end_hears_of_it_first()
    {
        for (ulong number = 1; number <= 200; number++)
        {
            var index = Send(number);
            if (number % 2 == 0) Answer(number, index, number);
            Deliver(number, number);
            if (number % 2 == 1) Answer(number, index, number);
        }

        var verdict = _verifier.Judge();
        Assert.That(verdict.IsClean, Is.True, verdict.First?.ToString());
        Assert.That((verdict.Sent, verdict.Acknowledged, verdict.Received, _verifier.Open, _verifier.Owed), Is.EqualTo((200L, 200L, 200L, 0L, 0L)));
    }

    [Test]
    public void Both_may_write_and_own_entries_are_passed_over()
    {
        for (ulong i = 1; i <= 50; i++)
        {
            Answer(i, Send(i), (2 * i) - 1);
            Deliver(i, (2 * i) - 1);
            var own = _verifier.Sending(_bob, i, 7, Payload(1, i));
            _verifier.Answered(_bob, own, 1, new SentFrame { SendNumber = i, Conversation = WireConversation.Direct(Alice), Sequence = 2 * i, ServerTime = 2 * i, Durability = Durability.Disk });
            _verifier.Delivered(_alice, 1, Message(1, i, 2 * i) with { Conversation = WireConversation.Direct(Bob), Sender = Bob, Previous = (2 * i) - 2 });
        }

        var verdict = _verifier.Judge();
        Assert.That(verdict.IsClean, Is.True, verdict.First?.ToString());
    }

    [Test]
    public void A_missing_message_is_lost()
    {
        for (ulong number = 1; number <= 3; number++) Answer(number, Send(number), number);
        Deliver(1, 1);
        Deliver(3, 3);
        Tells(verdict => verdict.Lost, 1);
    }

    [Test]
    public void A_message_that_the_server_hides_behind_a_false_previous_is_a_gap_and_lost()
    {
        for (ulong number = 1; number <= 3; number++) Answer(number, Send(number), number);
        Deliver(1, 1);
        _verifier.Delivered(_bob, 1, Message(0, 3, 3) with { Previous = 2 });
        var verdict = _verifier.Judge();
        Assert.That((verdict.Gaps, verdict.Lost), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void A_message_twice_in_a_session_is_duplicated()
    {
        Answer(1, Send(1), 1);
        Deliver(1, 1);
        _verifier.Delivered(_bob, 1, Message(0, 1, 1) with { Previous = 0 });
        Tells(verdict => verdict.Duplicated, 1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_message_at_two_places_is_duplicated(bool isAnsweredBefore)
    {
        var index = Send(1);
        if (isAnsweredBefore) Answer(1, index, 1);
        Deliver(1, 1);
        Deliver(1, 2);
        if (!isAnsweredBefore) Answer(1, index, 1);
        Tells(verdict => verdict.Duplicated, 1);
    }

    [Test]
    public void A_message_again_after_a_reconnect_is_no_fault()
    {
        Answer(1, Send(1), 1);
        Deliver(1, 1);
        Assert.That(_verifier.Delivered(_bob, 2, Message(0, 1, 1) with { Previous = 0 }), Is.False);
        var verdict = _verifier.Judge();
        Assert.That((verdict.IsClean, verdict.Redelivered), Is.EqualTo((true, 1L)));
    }

    [Test]
    public void Two_that_change_places_are_reordered()
    {
        var (first, second) = (Send(1), Send(2));
        Deliver(2, 1);
        Deliver(1, 2);
        Answer(1, first, 2);
        Answer(2, second, 1);
        Tells(verdict => verdict.Reordered, 1);
    }

    [Test]
    public void A_place_other_than_was_promised_is_reordered()
    {
        Answer(1, Send(1), 1);
        Send(2);
        Deliver(1, 2);
        Assert.That(_verifier.Judge().Reordered, Is.Positive);
    }

    [Test]
    public void A_place_that_two_messages_have_is_told()
    {
        Answer(1, Send(1), 1);
        Answer(2, Send(2), 1);
        Assert.That(_verifier.Judge().Reordered + _verifier.Judge().Gaps, Is.Positive);
    }

    [Test]
    public void A_place_that_no_message_has_is_a_gap()
    {
        Answer(1, Send(1), 1);
        Answer(2, Send(2), 3);
        Deliver(1, 1);
        Deliver(2, 3);
        Assert.That(_verifier.Judge().Gaps, Is.Positive);
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(15)]
    [TestCase(PayloadBytes - 1)]
    public void One_bit_that_turned_over_is_told_wherever_it_is(int offset)
    {
        Answer(1, Send(1), 1);
        var payload = Payload(0, 1);
        payload[offset] ^= 0x10;
        Assert.That(_verifier.Delivered(_bob, 1, Message(0, 1, 1) with { Payload = payload }), Is.False);
        Assert.That(_verifier.Judge().PayloadMismatches, Is.EqualTo(1));
    }

    [Test]
    public void A_message_cut_short_is_told()
    {
        Answer(1, Send(1), 1);
        _verifier.Delivered(_bob, 1, Message(0, 1, 1) with { Payload = Payload(0, 1).AsMemory(..^1) });
        Assert.That(_verifier.Judge().PayloadMismatches, Is.EqualTo(1));
    }

    [Test]
    public void Another_answer_to_the_same_number_contradicts()
    {
        var index = Send(1);
        Answer(1, index, 1);
        Answer(1, index, 2);
        Assert.That(_verifier.Judge().Contradicted, Is.EqualTo(1));
    }

    [Test]
    public void A_server_that_forgot_or_made_up_a_send_number_contradicts()
    {
        _verifier.Opened(0, 2, lastNumber: 4, settled: 5, highest: 9);
        _verifier.Opened(0, 3, lastNumber: 10, settled: 5, highest: 9);
        _verifier.Opened(0, 4, lastNumber: 7, settled: 5, highest: 9);
        Assert.That(_verifier.Judge().Contradicted, Is.EqualTo(2));
    }

    [Test]
    public void What_nobody_sent_is_invented()
    {
        Deliver(1, 1);
        Tells(verdict => verdict.Invented, 1);
    }

    [Test]
    public void What_was_refused_and_comes_nevertheless_is_invented()
    {
        var index = Send(1);
        Send(2);
        _verifier.Refuse(_alice, index, 1, 1, ErrorCode.Quota);
        Deliver(1, 1);
        Assert.That(_verifier.Judge().Invented, Is.EqualTo(1));
        Assert.That(_verifier.Refused, Is.EqualTo(1));
    }

    [Test]
    public void A_mark_beyond_what_came_is_false_and_a_mark_that_falls_is_told()
    {
        Answer(1, Send(1), 1);
        Answer(2, Send(2), 2);
        Deliver(1, 1);
        _verifier.Marked(_alice, 1, new MarkItem { Conversation = WireConversation.Direct(Bob), User = Bob, DeliveredUpTo = 1 });
        Assert.That(_verifier.Judge().FalseMarks, Is.Zero);
        _verifier.Marked(_alice, 1, new MarkItem { Conversation = WireConversation.Direct(Bob), User = Bob, DeliveredUpTo = 2 });
        _verifier.Marked(_alice, 1, new MarkItem { Conversation = WireConversation.Direct(Bob), User = Bob, DeliveredUpTo = 1 });
        Assert.That((_verifier.Judge().FalseMarks, _verifier.Judge().FallenMarks), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void A_send_without_an_answer_is_not_drained()
    {
        Send(1);
        Assert.That((_verifier.Open, _verifier.Judge().Undrained), Is.EqualTo((1L, 1L)));
    }

    private static byte[] Payload(int sender, ulong number)
    {
        var payload = new byte[PayloadBytes];
        LoadPayload.Write(payload, sender, number, due: 7);
        return payload;
    }

    private MessageFrame Message(int sender, ulong number, ulong sequence) => new()
    {
        Conversation = WireConversation.Direct(Alice), Sequence = sequence, Previous = _lastPushed, Sender = Alice, SenderDevice = RawDriver.Device,
        SendNumber = number, ServerTime = sequence, Payload = Payload(sender, number),
    };

    private long Send(ulong number) => _verifier.Sending(_alice, number, 7, Payload(0, number));

    private void Answer(ulong number, long index, ulong sequence) => _verifier.Answered(_alice, index, 1, new SentFrame
    {
        SendNumber = number, Conversation = WireConversation.Direct(Bob), Sequence = sequence, ServerTime = sequence, Durability = Durability.Disk,
    });

    private void Deliver(ulong number, ulong sequence)
    {
        _verifier.Delivered(_bob, 1, Message(0, number, sequence));
        _lastPushed = sequence;
    }

    private void Tells(Func<Verdict, long> count, long expected)
    {
        var verdict = _verifier.Judge();
        Assert.That(count(verdict), Is.EqualTo(expected), verdict.First?.ToString());
        Assert.That(verdict.First, Is.Not.Null);
        Assert.That(verdict.Lost + verdict.Duplicated + verdict.Reordered + verdict.PayloadMismatches + verdict.Gaps + verdict.Contradicted + verdict.Invented, Is.EqualTo(expected), "under one name");
    }
}
