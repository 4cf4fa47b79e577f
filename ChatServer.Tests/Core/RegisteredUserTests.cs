using System.Buffers;
using System.Text;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>Users of whom there is nothing but a row: what happens when they are read, changed, imaged, and when they become more.</summary>
internal sealed class RegisteredUserTests
{
    private static readonly PartitionMap Map = new(1, 7);

    [Test]
    public void One_who_was_only_registered_logs_in_by_password_and_talks()
    {
        using var core = new CoreFixture(Map);
        core.Input(partition => partition.AddUser(UserId.Parse("alice"), "old"u8, trusted: false));
        core.Input(partition => partition.AddUser(UserId.Parse("bob"), "old"u8, trusted: false));
        Assert.That(core.State.Users.KeptCount, Is.Zero);
        Assert.That(core.Open("bob", 2)[0].Kind, Is.EqualTo(OutputKind.Welcome));
        Assert.That(core.Open("alice", 1)[0].Kind, Is.EqualTo(OutputKind.Welcome));
        Assert.That(core.Send(1, "bob", 1, "hello").Any(output => output is { Kind: OutputKind.Message, Session: 2, First: 1 }), Is.True);
        core.Input(partition => partition.Receive(2, UserId.Parse("alice"), 1, 1));
        Assert.That((core.State.Account.Delivered, core.State.Account.Waiting), Is.EqualTo((1, 0)), "the session is that of the user who is kept");
        StateAudit.Check(core.State);
    }

    [Test]
    public void A_login_that_fails_leaves_nothing_but_the_row()
    {
        using var core = new CoreFixture(Map);
        core.Input(partition => partition.AddUser(UserId.Parse("alice"), "old"u8, trusted: false));
        var request = new OpenRequest { Session = 1, Correlation = 1, User = UserId.Parse("alice"), Device = DeviceId.Parse("phone"), Instance = 1, Attempt = 1, TokenFamily = 7, WindowMessages = 1, WindowBytes = 1 };
        Assert.That(core.Input(partition => partition.Open(request))[0].Code, Is.EqualTo(ErrorCode.BadCredentials));
        Assert.That(core.Input(partition => partition.Open(request with { VerifiedPasswordEpoch = 2 }))[0].Code, Is.EqualTo(ErrorCode.BadCredentials));
        Assert.That(core.State.Users.KeptCount, Is.Zero);
    }

    [Test]
    public void One_who_is_removed_and_has_no_conversation_is_a_row_again()
    {
        using var core = new CoreFixture(Map);
        core.Open("alice", 1);
        Assert.That(core.State.Users.KeptCount, Is.EqualTo(1));
        core.Input(partition => partition.RemoveUser(UserId.Parse("alice")));
        Assert.That((core.State.Users.KeptCount, core.State.Find(UserId.Parse("alice"))), Is.EqualTo((0, (User?)null)));
        Assert.That(core.Open("alice", 2)[0].Kind, Is.EqualTo(OutputKind.Welcome), "the name is free");
        StateAudit.Check(core.State);
    }

    [Test]
    public void A_message_to_one_who_was_only_registered_waits_for_the_first_device()
    {
        using var core = new CoreFixture(Map);
        core.Input(partition => partition.AddUser(UserId.Parse("bob"), "old"u8, trusted: false));
        core.Open("alice", 1);
        core.Send(1, "bob", 1, "hello");
        Assert.That(core.Open("bob", 2).Any(output => output is { Kind: OutputKind.Message, Session: 2, First: 1 }), Is.True);
    }

    [Test]
    public void An_image_has_rows_as_they_were_when_it_began()
    {
        var random = new Random(3);
        using var core = new CoreFixture(Map);
        for (var i = 0; i < 500; i++) core.Input(partition => partition.AddUser(Named(i), Encoding.ASCII.GetBytes($"password {i}"), trusted: i % 5 == 0));
        var expected = PartitionSnapshot.Write(core.State);

        var head = new ArrayBufferWriter<byte>();
        var image = PartitionImage.Begin(core.State, head);
        var restore = new PartitionRestore(0, Map, new CoreLimits());
        restore.TakeHead(head.WrittenSpan);
        for (var step = 0; !image.IsDone; step++)
        {
            var piece = new ArrayBufferWriter<byte>();
            image.Take(piece, 500);
            restore.TakeUsers(piece.WrittenSpan);
            var any = Named(random.Next(500));
            core.Input(partition => partition.SetPassword(any, "new"u8));
            if (step % 3 == 0) core.Input(partition => partition.RemoveUser(any));
            if (step % 6 == 0) core.Input(partition => partition.AddUser(any, "again"u8, trusted: false));
            core.Input(partition => partition.AddUser(UserId.Parse($"late{step}"), "late"u8, trusted: false));
        }

        image.End();
        var restored = restore.Finish();
        Assert.That(PartitionSnapshot.Write(restored), Is.EqualTo(expected));
        Assert.That(restored.Users.KeptCount, Is.Zero);
        StateAudit.Check(restored);
    }

    private static UserId Named(int i) => UserId.Parse($"user{i}");
}
