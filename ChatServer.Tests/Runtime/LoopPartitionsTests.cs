using System.Text;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using ChatServer.Runtime;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Runtime;

internal sealed class LoopPartitionsTests
{
    private const ulong Alice = 1;
    private const ulong Bob = 2;

    [Test]
    public void A_message_pushed_in_the_drain_that_removes_its_recipient_can_still_be_said()
    {
        using var log = new MemoryCommitLog();
        var turn = new Turn();
        var state = new PartitionState(0, new PartitionMap(1, 42), new CoreLimits());
        var partitions = new LoopPartitions(log, turn, [new PartitionSlot(new Partition(state, turn), log)], 0);
        var partition = partitions.Enter(0);
        Register(partition, Alice, "alice");
        Register(partition, Bob, "bob");
        EndDrain(partitions);

        partition = partitions.Enter(0);
        partition.Send(Alice, 1, new SendRequest { To = UserId.Parse("bob"), SendNumber = 1, ContentKind = 1, Payload = "last words"u8 });
        partition.RemoveUser(UserId.Parse("bob"));
        EndDrain(partitions);

        log.CompleteCommit();
        var said = new List<string>();
        partitions.Release((in released) =>
        {
            ref readonly var output = ref released.Output;
            if (output.Kind == OutputKind.Message) said.Add(Encoding.UTF8.GetString(partitions.Body(0, output.Body)));
        });
        Assert.That(said, Has.One.Contains("last words"));

        // And afterwards it is let go.
        partitions.Enter(0).Tick();
        EndDrain(partitions);
        log.CompleteCommit();
        partitions.Release(static (in _) => { });
        partitions.LetGo(0);
        Assert.That(partitions.Slot(0).Stored.Count, Is.Zero);
    }

    private static void Register(Partition partition, ulong session, string user) => partition.Open(new OpenRequest
    {
        Session = session, User = UserId.Parse(user), Device = DeviceId.Parse("phone"), Instance = session, Attempt = 1, RegisterPasswordHash = [1],
    });

    private static void EndDrain(LoopPartitions partitions) =>
        Assert.That(partitions.TryEndDrain(static _ => Assert.Fail("one loop"), static (_, _, _) => { }), Is.True);
}
