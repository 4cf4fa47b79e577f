using System.Diagnostics;
using ChatServer.Bench.Checking;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>A checker that finds nothing proves nothing: for each property a history that keeps it, and the ways to break it.</summary>
internal sealed class HistoryCheckerTests
{
    // Names have the same numbers in every history of this cast.
    private static readonly RecordedHistory Who = new();

    [Test]
    public void What_is_promised_and_kept_by_all_is_clean()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 3, 1).Exchange(Who.BobPad, 1, 2, 4);
        var verdict = history.Checker.Judge();
        Assert.That((verdict.IsClean, verdict.First), Is.EqualTo((true, (Violation?)null)));
        Assert.That((verdict.Sent, verdict.Acknowledged, verdict.Received, history.Checker.IsDrained), Is.EqualTo((5L, 5L, 15L, true)));
        Assert.That(history.Checker.Judge(), Is.EqualTo(verdict), "judging changes nothing");
    }

    [Test]
    public void P1_a_promise_that_one_device_never_got_is_lost()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 1, 1).Invoke(Who.Phone, 2).Ok(Who.Phone, 2, 2);
        foreach (var device in (int[])[Who.Pad, Who.BobPhone]) history.Delivered(device, 2, Who.Phone, 2);
        Finds(history, Property.P1, verdict => verdict.Lost, "bob/pad never got 2, send 2 of alice/phone to alice~bob, which was promised");
        Assert.That((history.Checker.IsDrained, history.Checker.Judge().First?.Event), Is.EqualTo((false, 19L)), "the event is the promise");
    }

    [Test]
    public void P1_what_came_and_was_not_kept_is_lost()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1);
        foreach (var device in (int[])[Who.Pad, Who.BobPhone]) history.Delivered(device, 1, Who.Phone, 1);
        history.Delivered(Who.BobPad, 1, Who.Phone, 1, isKept: false);
        Finds(history, Property.P1, verdict => verdict.Lost);
        history.Take(HistoryEvent.Kept(Who.BobPad, Who.Pair, 1));
        Assert.That(history.Checker.Judge().IsClean, Is.True);
    }

    [Test]
    public void P1_what_was_not_promised_may_be_missing()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 1, 1);
        history.Invoke(Who.Phone, 2).Take(HistoryEvent.Unknown(Who.Phone, 2));
        history.Invoke(Who.Phone, 3).Fail(Who.Phone, 3);
        history.Invoke(Who.Phone, 4).Ok(Who.Phone, 4, 2, durability: Durability.Memory);
        Assert.That(history.Checker.Judge().IsClean, Is.True);
    }

    [Test]
    public void P1_only_what_was_sent_after_a_device_was_added_or_detached_is_due_to_it()
    {
        var history = new RecordedHistory();
        var late = history.Names.Device("bob", "late");
        history.Exchange(Who.Phone, 1, 2, 1).Take(HistoryEvent.DeviceAdded(late, isDueAll: false)).Open(late);
        Assert.That(history.Checker.IsDrained, Is.True);
        history.Exchange(Who.Phone, 3, 1, 3);
        Assert.That(history.Checker.IsDrained, Is.False);
        history.Delivered(late, 3, Who.Phone, 3);
        Assert.That(history.Checker.IsDrained, Is.True);
        history.Exchange(Who.Phone, 4, 1, 4).Take(HistoryEvent.DeviceDetached(late));
        Assert.That((history.Checker.IsDrained, history.Checker.Judge().IsClean), Is.EqualTo((true, true)));
    }

    [Test]
    public void P1_nothing_is_due_to_a_device_that_may_have_been_removed_until_it_shows_that_it_was_not()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1);
        foreach (var device in (int[])[Who.Pad, Who.BobPhone]) history.Delivered(device, 1, Who.Phone, 1);
        history.Take(HistoryEvent.DeviceRemoved(Who.BobPad));
        Assert.That(history.Checker.Judge().IsClean, Is.True);
        Finds(history.Open(Who.BobPad), Property.P1, verdict => verdict.Lost);
    }

    [Test]
    public void P2_a_message_at_two_places_is_doubled() =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Invoke(Who.Phone, 3).Delivered(Who.BobPad, 3, Who.Phone, 2), Property.P2, verdict => verdict.Duplicated);

    [Test]
    public void P2_an_unknown_send_that_happened_twice_is_doubled()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Take(HistoryEvent.Unknown(Who.Phone, 1)).Invoke(Who.Phone, 2);
        history.Delivered(Who.BobPad, 1, Who.Phone, 1);
        Assert.That(history.Checker.Judge().IsClean, Is.True, "once it may have happened");
        Finds(history.Delivered(Who.BobPad, 2, Who.Phone, 1), Property.P2, verdict => verdict.Duplicated);
    }

    [Test]
    public void P2_a_number_that_happened_with_two_contents_is_doubled()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1, hash: 70).Take(HistoryEvent.Unknown(Who.Phone, 1)).Invoke(Who.Phone, 1, hash: 71);
        history.Delivered(Who.BobPad, 1, Who.Phone, 1, hash: 70);
        Finds(history.Delivered(Who.BobPad, 2, Who.Phone, 1, hash: 71), Property.P2, verdict => verdict.Duplicated);
    }

    [Test]
    public void P2_a_repeat_at_the_same_place_is_no_fault()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Invoke(Who.Phone, 2).Ok(Who.Phone, 2, 2).Open(Who.BobPad);
        history.Delivered(Who.BobPad, 1, Who.Phone, 1).Delivered(Who.BobPad, 2, Who.Phone, 2);
        var verdict = history.Checker.Judge();
        Assert.That((verdict.IsClean, verdict.Sent, verdict.Acknowledged, verdict.Received, verdict.Redelivered), Is.EqualTo((true, 2L, 2L, 6L, 2L)));
    }

    [Test]
    public void P2_what_nobody_sent_is_invented() =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 1, 1).Delivered(Who.BobPad, 2, Who.Phone, 2), Property.P2, verdict => verdict.Invented);

    [Test]
    public void P2_what_came_to_the_wrong_user_is_seen() =>
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Delivered(Who.CarolPhone, 1, Who.Phone, 1), Property.P2, verdict => verdict.Invented, "carol/phone was pushed 1 of alice~bob, which is not its user's");

    [Test]
    public void P2_what_came_in_another_conversation_is_seen()
    {
        var history = new RecordedHistory();
        var other = history.Names.Direct(history.Carol, history.Bob);
        history.Take(HistoryEvent.Member(other, history.Bob)).Invoke(Who.Phone, 1, hash: 5);
        Finds(history.Take(HistoryEvent.Delivered(history.Sessions[Who.BobPad], Who.BobPad, other, 1, 0, Who.Phone, 1, 5, 0, true)), Property.P2, verdict => verdict.Invented);
    }

    [Test]
    public void P2_what_was_refused_and_is_there_is_seen()
    {
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Fail(Who.Phone, 1).Delivered(Who.BobPad, 1, Who.Phone, 1), Property.P2, verdict => verdict.Invented);
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Delivered(Who.BobPad, 1, Who.Phone, 1).Fail(Who.Phone, 1), Property.P2, verdict => verdict.Invented);
    }

    [Test]
    public void P2_other_bytes_than_were_sent_are_seen() =>
        Finds(new RecordedHistory().Invoke(Who.Phone, 1, hash: 7).Delivered(Who.BobPad, 1, Who.Phone, 1, hash: 8), Property.P2, verdict => verdict.PayloadMismatches);

    [Test]
    public void P2_an_own_entry_that_is_pushed_is_seen() =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 1, 1).Delivered(Who.Phone, 1, Who.Phone, 1), Property.P2, verdict => verdict.Invented);

    [Test]
    public void P2_two_answers_to_one_send_contradict_each_other()
    {
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Ok(Who.Phone, 1, 2), Property.P2, verdict => verdict.Contradicted);
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Fail(Who.Phone, 1), Property.P2, verdict => verdict.Contradicted);
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Fail(Who.Phone, 1).Fail(Who.Phone, 1, ErrorCode.UnknownRecipient), Property.P2, verdict => verdict.Contradicted);
    }

    [TestCase(1UL, Description = "a promise is forgotten")]
    [TestCase(3UL, Description = "a number nobody used")]
    public void P2_a_server_that_knows_other_send_numbers_than_were_used_is_seen(ulong lastNumber) =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Open(Who.Phone, lastNumber), Property.P2, verdict => verdict.Contradicted);

    [Test]
    public void P2_a_new_life_of_a_device_has_numbers_of_its_own()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 2, 1);
        history.Take(HistoryEvent.DeviceRemoved(Who.Phone)).Take(HistoryEvent.DeviceAdded(Who.Phone, isDueAll: false)).Open(Who.Phone, lastNumber: 0);
        history.Invoke(Who.Phone, 1, hash: 99).Ok(Who.Phone, 1, 3);
        foreach (var device in (int[])[Who.Pad, Who.BobPhone, Who.BobPad]) history.Delivered(device, 3, Who.Phone, 1, hash: 99);
        Assert.That(history.Checker.Judge().First, Is.Null);
    }

    [Test]
    public void P3_a_place_that_two_messages_have_is_seen() =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Invoke(Who.BobPad, 1).Ok(Who.BobPad, 1, 2), Property.P3, verdict => verdict.Reordered);

    [Test]
    public void P3_another_place_after_a_restart_is_seen()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1).Invoke(Who.Phone, 2);
        history.Take(HistoryEvent.Crashed()).Take(HistoryEvent.Started()).Open(Who.BobPad);
        Finds(history.Delivered(Who.BobPad, 2, Who.Phone, 1), Property.P3, verdict => verdict.Reordered);
    }

    [Test]
    public void P3_a_push_that_names_another_predecessor_is_a_gap()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Invoke(Who.Phone, 2).Invoke(Who.Phone, 3).Delivered(Who.BobPad, 1, Who.Phone, 1);
        Finds(history.Delivered(Who.BobPad, 3, Who.Phone, 3, previous: 2), Property.P3, verdict => verdict.Gaps);
    }

    [TestCase(false, Description = "known before the push")]
    [TestCase(true, Description = "known after the push")]
    public void P3_a_push_that_passes_over_another_ones_entry_is_a_gap(bool isKnownLater)
    {
        var history = new RecordedHistory();
        for (ulong number = 1; number <= 3; number++) history.Invoke(Who.Phone, number);
        history.Delivered(Who.BobPad, 1, Who.Phone, 1);
        if (!isKnownLater) history.Ok(Who.Phone, 2, 2);
        history.Delivered(Who.BobPad, 3, Who.Phone, 3, previous: 1);
        if (isKnownLater) history.Ok(Who.Phone, 2, 2);
        Finds(history, Property.P3, verdict => verdict.Gaps);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void P3_a_push_passes_over_what_the_device_wrote_itself(bool isKnownLater)
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 1, 1).Invoke(Who.BobPad, 1);
        if (!isKnownLater) history.Ok(Who.BobPad, 1, 2);
        history.Invoke(Who.Phone, 2).Ok(Who.Phone, 2, 3).Delivered(Who.BobPad, 3, Who.Phone, 2, previous: 1);
        if (isKnownLater) history.Ok(Who.BobPad, 1, 2);
        Assert.That(history.Checker.FirstViolation, Is.Null);
    }

    [Test]
    public void P3_more_places_than_messages_are_a_gap()
    {
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 2), Property.P3, verdict => verdict.Gaps);
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Invoke(Who.Phone, 2).Ok(Who.Phone, 2, 2).Fail(Who.Phone, 1), Property.P3, verdict => verdict.Gaps);
    }

    [Test]
    public void P3_an_earlier_one_that_comes_later_is_reordered()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Invoke(Who.Phone, 2).Delivered(Who.BobPad, 2, Who.Phone, 2);
        Finds(history.Open(Who.BobPad).Delivered(Who.BobPad, 1, Who.Phone, 1), Property.P3, verdict => verdict.Reordered);
    }

    [Test]
    public void P3_time_that_goes_back_is_seen()
    {
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Invoke(Who.Phone, 2).Ok(Who.Phone, 1, 1, time: 50).Ok(Who.Phone, 2, 2, time: 49), Property.P3, verdict => verdict.Reordered);
        Finds(new RecordedHistory().Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1, time: 50).Delivered(Who.BobPad, 1, Who.Phone, 1, time: 51), Property.P3, verdict => verdict.Contradicted);
    }

    [Test]
    public void P4_a_send_that_was_overtaken_is_reordered()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Invoke(Who.Phone, 2).Ok(Who.Phone, 2, 1);
        Finds(history.Ok(Who.Phone, 1, 2), Property.P4, verdict => verdict.Reordered);
    }

    [Test]
    public void P4_an_order_that_is_wrong_in_the_middle_is_found_at_the_end()
    {
        var history = new RecordedHistory();
        for (ulong number = 1; number <= 4; number++) history.Invoke(Who.Phone, number);
        history.Ok(Who.Phone, 4, 4).Ok(Who.Phone, 3, 2).Ok(Who.Phone, 2, 3);
        Assert.That(history.Checker.FirstViolation, Is.Null);
        Finds(history, Property.P4, verdict => verdict.Reordered);
    }

    [Test]
    public void P4_devices_have_no_order_among_each_other() =>
        Assert.That(new RecordedHistory().Exchange(Who.Phone, 1, 2, 1).Exchange(Who.Pad, 1, 2, 3).Checker.Judge().IsClean, Is.True);

    [Test]
    public void P5_marks_that_rise_and_were_reported_are_true()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 3, 1).Receipt(Who.BobPad, 2, 0).Marks(Who.Phone, Who.Bob, 2, 0);
        history.Receipt(Who.BobPhone, 3, 1).Marks(Who.Phone, Who.Bob, 3, 1).Marks(Who.Phone, Who.Bob, 3, 1);
        history.Exchange(Who.BobPhone, 1, 1, 4).Marks(Who.Phone, Who.Bob, 4, 1);
        Assert.That(history.Checker.Judge().First, Is.Null, "what bob wrote he has");
    }

    [Test]
    public void P5_a_mark_that_fell_is_seen()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 3, 1).Receipt(Who.BobPad, 3, 0).Marks(Who.Phone, Who.Bob, 3, 0).Open(Who.Phone, 3);
        Finds(history.Marks(Who.Phone, Who.Bob, 2, 0), Property.P5, verdict => verdict.FallenMarks);
    }

    [TestCase(3UL, 0UL, Description = "delivered beyond what was reported")]
    [TestCase(2UL, 2UL, Description = "read beyond what was reported")]
    [TestCase(ulong.MaxValue, 0UL, Description = "beyond all there is")]
    public void P5_a_mark_that_nobody_reported_is_a_lie(ulong delivered, ulong read) =>
        Finds(new RecordedHistory().Exchange(Who.Phone, 1, 3, 1).Receipt(Who.BobPad, 2, 1).Marks(Who.Phone, Who.Bob, delivered, read), Property.P5, verdict => verdict.FalseMarks);

    [Test]
    public void P5_a_lie_is_found_when_its_entry_turns_out_to_be_another_ones()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1).Marks(Who.Pad, Who.Bob, 1, 0);
        Assert.That(history.Checker.FirstViolation, Is.Null, "it may be bob's own");
        Finds(history.Ok(Who.Phone, 1, 1), Property.P5, verdict => verdict.FalseMarks);
    }

    [Test]
    public void P5_a_mark_of_a_stranger_is_seen() => Finds(new RecordedHistory().Marks(Who.Phone, Who.Carol, 0, 0), Property.P5, verdict => verdict.FalseMarks);

    [Test]
    public void P6_a_frame_before_the_login_or_after_the_end_is_seen()
    {
        var early = new RecordedHistory().Invoke(Who.Phone, 1);
        Finds(early.Take(HistoryEvent.Ok(RecordedHistory.ClosedSession, Who.Phone, 1, Who.Pair, 1, 0, Durability.Disk)), Property.P6, verdict => verdict.Misdirected);
        var late = new RecordedHistory().Invoke(Who.Phone, 1);
        late.Take(HistoryEvent.SessionEnded(late.Sessions[Who.BobPad], Who.BobPad, ErrorCode.Revoked));
        Finds(late.Delivered(Who.BobPad, 1, Who.Phone, 1), Property.P6, verdict => verdict.Misdirected);
    }

    [Test]
    public void P6_a_frame_on_another_ones_connection_is_seen()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1);
        Finds(history.Take(HistoryEvent.Ok(history.Sessions[Who.CarolPhone], Who.Phone, 1, Who.Pair, 1, 0, Durability.Disk)), Property.P6, verdict => verdict.Misdirected);
    }

    [Test]
    public void P9_a_queue_over_its_cap_is_seen()
    {
        var history = new RecordedHistory();
        var queue = history.Names.Label("send queue of bob/pad");
        Assert.That(history.Take(HistoryEvent.Queue(queue, 10, 10)).Checker.Judge().IsClean, Is.True);
        Finds(history.Take(HistoryEvent.Queue(queue, 11, 10)), Property.P9, verdict => verdict.OverCap, "send queue of bob/pad holds 11, and 10 is its cap");
    }

    [Test]
    public void P10_what_was_promised_and_did_not_come_by_the_deadline_is_late()
    {
        var history = new RecordedHistory();
        var fault = history.Names.Label("full disk");
        history.Take(HistoryEvent.FaultBegan(fault)).Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1);
        Assert.That(history.Take(HistoryEvent.Deadline()).Checker.FirstViolation, Is.Null, "there is a fault");
        history.Take(HistoryEvent.FaultHealed(fault)).Take(HistoryEvent.Deadline());
        foreach (var device in (int[])[Who.Pad, Who.BobPhone, Who.BobPad]) history.Delivered(device, 1, Who.Phone, 1);
        Finds(history, Property.P10, verdict => verdict.Undrained);
        Assert.That(history.Checker.Judge().Lost, Is.Zero, "late is not lost");
    }

    [Test]
    public void P10_nothing_is_late_for_a_device_that_is_away()
    {
        var history = new RecordedHistory();
        history.Take(HistoryEvent.SessionClosed(history.Sessions[Who.BobPad], Who.BobPad)).Invoke(Who.Phone, 1).Ok(Who.Phone, 1, 1);
        foreach (var device in (int[])[Who.Pad, Who.BobPhone]) history.Delivered(device, 1, Who.Phone, 1);
        Assert.That(history.Take(HistoryEvent.Deadline()).Checker.FirstViolation, Is.Null);
    }

    [Test]
    public void P10_a_send_without_an_answer_at_the_deadline_is_stuck()
    {
        var history = new RecordedHistory().Invoke(Who.Phone, 1);
        Finds(history.Take(HistoryEvent.Deadline()), Property.P10, verdict => verdict.Undrained);
        history = new RecordedHistory().Invoke(Who.Phone, 1).Take(HistoryEvent.Unknown(Who.Phone, 1)).Exchange(Who.Phone, 2, 3, 1);
        Assert.That(history.Take(HistoryEvent.Deadline()).Checker.Judge().IsClean, Is.True, "nobody waits for it");
    }

    [Test]
    public void The_first_violation_stays_the_first()
    {
        var history = new RecordedHistory().Exchange(Who.Phone, 1, 1, 1).Delivered(Who.BobPad, 2, Who.Phone, 2).Marks(Who.Phone, Who.Bob, 9, 9);
        Assert.That((history.Checker.FirstViolation?.Property, history.Checker.FirstViolation?.Event), Is.EqualTo(((Property?)Property.P2, (long?)history.Events.Count - 1)));
    }

    [Test]
    public void What_no_recording_can_say_is_refused()
    {
        Assert.That(() => new RecordedHistory().Take(default), Throws.TypeOf<HistoryFormatException>());
        Assert.That(() => new RecordedHistory().Invoke(Who.Phone, 0), Throws.TypeOf<HistoryFormatException>());
        Assert.That(() => new RecordedHistory().Take(HistoryEvent.Unknown(Who.Phone, 1)), Throws.TypeOf<HistoryFormatException>());
        var history = new RecordedHistory();
        Assert.That(() => history.Take(HistoryEvent.FaultHealed(history.Names.Label("none"))), Throws.TypeOf<HistoryFormatException>());
        Assert.That(() => new RecordedHistory().Take(HistoryEvent.Kept(Who.Phone, Who.Pair, 1)), Throws.TypeOf<HistoryFormatException>());
    }

    [TestCase(200_000)]
    [TestCase(10_000_000, Explicit = true, Reason = "needs 600 MB")]
    public void A_message_costs_at_most_64_bytes(int messages)
    {
        var history = new RecordedHistory();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        for (ulong number = 1; number <= (ulong)messages; number++)
        {
            history.Checker.Take(HistoryEvent.Invoke(Who.Phone, number, Who.Pair, number));
            history.Checker.Take(HistoryEvent.Ok(history.Sessions[Who.Phone], Who.Phone, number, Who.Pair, number, number, Durability.Disk));
            history.Checker.Take(HistoryEvent.Delivered(history.Sessions[Who.BobPad], Who.BobPad, Who.Pair, number, number - 1, Who.Phone, number, number, number, true));
        }

        var verdict = history.Checker.Judge();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var perMessage = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)messages;
        TestContext.Out.WriteLine($"{perMessage:0.0} bytes a message, {verdict.Events / seconds:#,0} events/s");
        Assert.That((history.Checker.FirstViolation, verdict.Received), Is.EqualTo(((Violation?)null, (long)messages)));
        Assert.That(perMessage, Is.LessThanOrEqualTo(64));
    }

    private static void Finds(RecordedHistory history, Property property, Func<Verdict, long> count, string? sentence = null)
    {
        var verdict = history.Checker.Judge();
        TestContext.Out.WriteLine(verdict.First);
        Assert.That((verdict.First?.Property, verdict.IsClean), Is.EqualTo(((Property?)property, false)));
        Assert.That(count(verdict), Is.Positive);
        if (sentence is not null) Assert.That(verdict.First?.Sentence, Is.EqualTo(sentence));
    }
}
