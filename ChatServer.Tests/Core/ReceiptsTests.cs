using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>What a device may say of what it received and read, and what is ignored.</summary>
internal sealed class ReceiptsTests
{
    private static readonly UserId Alice = UserId.Parse("alice");
    private static readonly UserId Bob = UserId.Parse("bob");

    [Test]
    public void Marks_of_a_drain_go_out_once_as_the_latest_value()
    {
        using var core = Talked(3);
        var said = core.Input(partition =>
        {
            partition.Receive(2, Alice, 1, 0);
            partition.Receive(2, Alice, 3, 2);
        });
        Assert.That(said, Has.Count.EqualTo(1));
        Assert.That(said[0].Marks.ToArray(), Is.EqualTo(new[] { new Mark(Bob, 3, 2) }));
    }

    [TestCase(4UL, 0UL, TestName = "Beyond what was pushed")]
    [TestCase(0UL, 1UL, TestName = "Read before delivered")]
    [TestCase(ulong.MaxValue, ulong.MaxValue, TestName = "The largest number")]
    public void What_cannot_be_true_changes_nothing(ulong delivered, ulong read)
    {
        using var core = Talked(3);
        Ignored(core, partition => partition.Receive(2, Alice, delivered, read));
    }

    [Test]
    public void A_receipt_that_goes_back_changes_nothing()
    {
        using var core = Talked(3);
        core.Input(partition => partition.Receive(2, Alice, 3, 3));
        Ignored(core, partition => partition.Receive(2, Alice, 1, 1));
    }

    [Test]
    public void A_receipt_for_another_conversation_changes_nothing()
    {
        using var core = Talked(3);
        Ignored(core, partition => partition.Receive(2, UserId.Parse("carol"), 1, 1));
    }

    [Test]
    public void A_new_device_cannot_say_it_got_what_was_there_before_it()
    {
        using var core = Talked(3);
        core.Open("bob", 3, "second");
        Ignored(core, partition => partition.Receive(3, Alice, 3, 3));
    }

    [Test]
    public void The_window_opens_as_messages_are_acknowledged()
    {
        using var core = new CoreFixture(new PartitionMap(1, 7));
        core.Open("alice", 1);
        core.Open("bob", 2, windowMessages: 2);
        var pushed = 0;
        for (ulong number = 1; number <= 5; number++) pushed += Pushes(core.Send(1, "bob", number, "hello"));
        Assert.That(pushed, Is.EqualTo(2));
        Assert.That(Pushes(core.Input(partition => partition.Receive(2, Alice, 1, 0))), Is.EqualTo(1));
        Assert.That(Pushes(core.Input(partition => partition.Receive(2, Alice, 3, 0))), Is.EqualTo(2));
    }

    private static int Pushes(IReadOnlyList<Output> said) => said.Count(output => output.Kind == OutputKind.Message);

    private static CoreFixture Talked(ulong messages)
    {
        var core = SendingTests.Talking();
        for (ulong number = 1; number <= messages; number++) core.Send(1, "bob", number, "hello");
        return core;
    }

    private static void Ignored(CoreFixture core, Action<Partition> input)
    {
        var before = PartitionSnapshot.Write(core.State);
        Assert.That(core.Input(input), Is.Empty);
        Assert.That(PartitionSnapshot.Write(core.State), Is.EqualTo(before));
    }
}
