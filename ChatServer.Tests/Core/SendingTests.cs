using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>What becomes of a send at the sender's home.</summary>
internal sealed class SendingTests
{
    private static readonly PartitionMap Map = new(1, 7);

    [Test]
    public void A_new_number_is_sent_and_pushed()
    {
        using var core = Talking();
        var said = core.Send(1, "bob", 1, "hello");
        Assert.That(said.Select(output => (output.Kind, output.Session)), Is.EqualTo(new[] { (OutputKind.Sent, 1UL), (OutputKind.Message, 2UL) }));
        Assert.That((said[0].Second, said[1].First, said[1].Second), Is.EqualTo((1UL, 1UL, 0UL)), "sequence, sequence, previous");
    }

    [Test]
    public void A_repeat_gets_the_first_answer_and_changes_nothing()
    {
        using var core = Talking();
        var first = core.Send(1, "bob", 1, "hello")[0];
        var before = PartitionSnapshot.Write(core.State);
        var said = core.Send(1, "bob", 1, "hello");
        Assert.That(said, Has.Count.EqualTo(1));
        Assert.That((said[0].Kind, said[0].Second, said[0].Third, said[0].Fourth), Is.EqualTo((OutputKind.Sent, first.Second, first.Third, 1UL)));
        Assert.That(PartitionSnapshot.Write(core.State), Is.EqualTo(before));
    }

    [TestCase("bob", "other words")]
    [TestCase("carol", "hello")]
    public void A_number_with_other_content_is_a_conflict(string to, string text)
    {
        using var core = Talking();
        core.Open("carol", 3);
        core.Send(1, "bob", 1, "hello");
        Refused(core.Send(1, to, 1, text), ErrorCode.Conflict);
    }

    [Test]
    public void A_settled_number_is_never_sent_again()
    {
        using var core = Talking();
        core.Send(1, "bob", 1, "hello");
        core.Input(partition => partition.Settle(1, 1));
        Refused(core.Send(1, "bob", 1, "hello"), ErrorCode.AlreadySettled);
    }

    [Test]
    public void A_number_out_of_its_turn_names_the_one_that_is_expected()
    {
        using var core = Talking();
        core.Send(1, "bob", 1, "hello");
        Assert.That(Refused(core.Send(1, "bob", 3, "hello"), ErrorCode.OutOfOrder).First, Is.EqualTo(2));
    }

    [Test]
    public void Unsettled_answers_are_bounded()
    {
        using var core = Talking(new CoreLimits { UnsettledAnswers = 2 });
        core.Send(1, "bob", 1, "one");
        core.Send(1, "bob", 2, "two");
        Refused(core.Send(1, "bob", 3, "three"), ErrorCode.SettleFirst);
        Assert.That(core.Send(1, "bob", 3, "three", settled: 1)[0].Kind, Is.EqualTo(OutputKind.Sent));
    }

    [Test]
    public void What_was_settled_by_a_device_that_is_new_here_counts_in_its_welcome()
    {
        using var core = Talking();
        var id = UserId.Parse("alice");
        var said = core.Input(partition => partition.Open(new OpenRequest
        {
            Session = 9, Correlation = 1, User = id, Device = DeviceId.Parse("old"), Instance = 9, Attempt = 1, Settled = 12, WindowMessages = 1, WindowBytes = 1 << 20,
            VerifiedPasswordEpoch = partition.PasswordOf(id)?.Epoch, ExemptFromRates = true,
        }));
        Assert.That(said[0].First, Is.EqualTo(12), "a client without its store goes on with 13");
        Assert.That(core.Send(9, "bob", 13, "hello")[0].Kind, Is.EqualTo(OutputKind.Sent));
    }

    [Test]
    public void A_full_outbox_refuses_and_consumes_the_number()
    {
        using var core = Talking(new CoreLimits { OutboxEntries = 2 });
        core.Input(partition => partition.Close(2));
        core.Send(1, "bob", 1, "one");
        core.Send(1, "bob", 2, "two");
        Refused(core.Send(1, "bob", 3, "three"), ErrorCode.Quota);
        Refused(core.Send(1, "bob", 3, "three"), ErrorCode.Quota);
        core.Open("bob", 3, "d2");
        core.Input(partition => partition.Receive(3, UserId.Parse("alice"), 2, 0));
        Assert.That(core.Send(1, "bob", 4, "four")[0].Kind, Is.EqualTo(OutputKind.Sent));
    }

    [Test]
    public void A_device_that_falls_behind_is_detached_when_another_goes_on()
    {
        using var core = Talking(new CoreLimits { OutboxEntries = 2 });
        core.Open("bob", 3, "second");
        for (ulong number = 1; number <= 2; number++)
        {
            core.Send(1, "bob", number, "hello");
            core.Input(partition => partition.Receive(2, UserId.Parse("alice"), number, 0));
        }

        var said = core.Send(1, "bob", 3, "one more");
        Assert.That(said.Any(output => output is { Kind: OutputKind.Ended, Session: 3, Code: ErrorCode.TooSlow }), Is.True);
        Assert.That(said.Any(output => output is { Kind: OutputKind.Message, Session: 2, First: 3 }), Is.True);
        Assert.That(core.Open("bob", 4, "second")[0].Second, Is.EqualTo(1), "Welcome says that something is missing");
    }

    [Test]
    public void The_senders_other_devices_do_not_grow_without_bound()
    {
        using var core = Talking(new CoreLimits { OutboxEntries = 2 });
        core.Open("alice", 3, "second");
        core.Input(partition => partition.Close(3));
        for (ulong number = 1; number <= 6; number++)
        {
            core.Send(1, "bob", number, "hello", settled: number - 1);
            core.Input(partition => partition.Receive(2, UserId.Parse("alice"), number, 0));
        }

        var alice = core.State.Existing(UserId.Parse("alice"));
        Assert.That(alice.Slots.ToArray().Max(slot => slot.WaitingEntries), Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void Rates_refuse_with_the_time_to_wait_and_consume_nothing()
    {
        using var core = Talking(new CoreLimits { MessagesBurst = 1, MessagesPerSecond = 2 }, exempt: false);
        core.Send(1, "bob", 1, "one");
        Assert.That(Refused(core.Send(1, "bob", 2, "two"), ErrorCode.RateLimited).Second, Is.InRange(1, 500));
        core.Now += 500;
        Assert.That(core.Send(1, "bob", 2, "two")[0].Kind, Is.EqualTo(OutputKind.Sent));
    }

    [Test]
    public void A_full_disk_refuses_what_is_new_with_a_time_and_nothing_else()
    {
        using var core = Talking();
        core.Send(1, "bob", 1, "one");
        core.HasRoom = false;
        Assert.That(Refused(core.Send(1, "bob", 2, "two"), ErrorCode.Busy).Second, Is.EqualTo(new CoreLimits().FullDiskRetryMilliseconds));
        Assert.That(core.Send(1, "bob", 1, "one")[0].Kind, Is.EqualTo(OutputKind.Sent), "a repeat has its answer");
        Assert.That(core.Input(partition => partition.Receive(2, UserId.Parse("alice"), 1, 1)).Select(output => output.Kind), Does.Contain(OutputKind.Marks));
        core.HasRoom = true;
        Assert.That(core.Send(1, "bob", 2, "two")[0].Kind, Is.EqualTo(OutputKind.Sent), "the number was not used up");
    }

    [Test]
    public void A_full_disk_takes_no_registration_and_lets_others_in()
    {
        using var core = Talking();
        core.HasRoom = false;
        var refused = core.Open("carol", 3);
        Assert.That((refused[0].Kind, refused[0].Code, refused[0].First), Is.EqualTo((OutputKind.LoginRefused, ErrorCode.Busy, 1_000UL)));
        Assert.That(core.Open("bob", 4, "second")[0].Kind, Is.EqualTo(OutputKind.Welcome));
        core.HasRoom = true;
        Assert.That(core.Open("carol", 5)[0].Kind, Is.EqualTo(OutputKind.Welcome));
    }

    [Test]
    public void A_clock_that_was_set_back_gives_as_before()
    {
        using var core = Talking(new CoreLimits { MessagesBurst = 1, MessagesPerSecond = 2 }, exempt: false);
        core.Send(1, "bob", 1, "one");
        core.Now -= 3_600_000 / 4;
        Refused(core.Send(1, "bob", 2, "two"), ErrorCode.RateLimited);
        core.Now += 500;
        Assert.That(core.Send(1, "bob", 2, "two")[0].Kind, Is.EqualTo(OutputKind.Sent));
    }

    [TestCase("nobody", ErrorCode.UnknownRecipient)]
    [TestCase("alice", ErrorCode.OwnConversation)]
    public void Nobody_else_can_be_written_to(string to, ErrorCode code)
    {
        using var core = Talking();
        Refused(core.Send(1, to, 1, "hello"), code);
    }

    internal static CoreFixture Talking(CoreLimits? limits = null, bool exempt = true)
    {
        var core = new CoreFixture(Map, limits) { ExemptFromRates = exempt };
        core.Open("alice", 1);
        core.Open("bob", 2);
        return core;
    }

    private static Output Refused(IReadOnlyList<Output> said, ErrorCode code)
    {
        Assert.That(said, Has.Count.EqualTo(1));
        Assert.That((said[0].Kind, said[0].Code), Is.EqualTo((OutputKind.Refused, code)));
        return said[0];
    }
}
