using System.Buffers;
using System.Globalization;
using ChatServer.Bench.Micro;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Runtime;

/// <summary>What a message allocates on its way, layer by layer, by the benchmarks' own rounds: nothing, once all has grown.</summary>
[NonParallelizable]
internal sealed class AllocationTests
{
    private const int Users = 500;
    private const int Messages = 20_000;
    private const int WarmUps = 100;

    [Test]
    public void What_allocates_is_seen()
    {
        object last = this;
        Assert.That(BytesOf(() => last = new byte[1], messages: 1), Is.GreaterThan(Messages * 16L));
        Assert.That(last, Is.InstanceOf<byte[]>());
    }

    [Test]
    public void Frames_allocate_nothing()
    {
        var users = Enumerable.Range(0, Users).Select(i => UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"user{i}@example.org"))).ToArray();
        var (device, payload, output, receipt) = (DeviceId.Parse("phone"), new byte[100], new ArrayBufferWriter<byte>(), new ReceiptItem[1]);
        var number = 0UL;
        AssertNothing(() =>
        {
            var (from, to) = (users[number++ % Users], WireConversation.Direct(users[number % Users]));
            receipt[0] = new ReceiptItem { Conversation = to, DeliveredUpTo = number, ReadUpTo = number };
            Carry(output, new SendFrame { Conversation = to, SendNumber = number, ContentKind = ContentKind.Message, Payload = payload });
            Carry(output, new SentFrame { Conversation = to, SendNumber = number, Sequence = number, Durability = Durability.Disk });
            Carry(output, new MessageFrame { Conversation = to, Sender = from, SenderDevice = device, Sequence = number, SendNumber = number, ContentKind = ContentKind.Message, Payload = payload });
            Carry(output, new ReceiptFrame { Items = receipt, Settled = number });
        }, messages: 1);
    }

    [Test]
    public void A_send_queue_allocates_nothing([Values(1, 64, 256)] int frames)
    {
        var queue = new SendQueueBenchmarks { Frames = frames };
        AssertNothing(() => queue.WriteAndHandOver(), frames);
    }

    [Test]
    public void The_framing_of_a_batch_allocates_nothing([Values(1, 8, 64)] int sections)
    {
        var batch = new BatchBenchmarks { Sections = sections };
        batch.Setup();
        AssertNothing(() => batch.Write(), messages: 64);
    }

    [Test]
    public void A_partition_allocates_nothing([Values(2, 100_000)] int users)
    {
        using var core = new CoreBenchmarks { Users = users };
        core.Setup();
        AssertNothing(() => core.SendPushAcknowledgeSettle(), CoreBenchmarks.Messages);
    }

    [Test]
    public void The_drains_of_many_partitions_allocate_nothing([Values(100, Users)] int users)
    {
        using var drains = new DrainBenchmarks { Users = users };
        drains.Setup();
        AssertNothing(() => drains.SendPushAcknowledgeSettle(), DrainBenchmarks.Messages);
    }

    [Test]
    public void A_whole_loop_allocates_nothing([Values(100, Users)] int users)
    {
        using var loop = new LoopBenchmarks { Users = users };
        loop.Setup();

        // Four times a second the loop looks at all of its connections, in a list of its own.
        var sweep = 1_024 + (users * IntPtr.Size);
        AssertNothing(() => loop.SendPushAcknowledge(), LoopBenchmarks.Messages, sweep);
    }

    private static void Carry<T>(ArrayBufferWriter<byte> output, in T frame)
        where T : struct, IFrame<T>
    {
        output.ResetWrittenCount();
        FrameCodec.Write(output, in frame);
        if (FrameCodec.Read(output.WrittenMemory[ProtocolLimits.HeaderBytes..], out T _) != ErrorCode.None) Assert.Fail("what was written is not read");
    }

    // Pools and tables grow until they do not; code that is not optimised yet boxes ids, and how long it takes until it is depends on
    // the machine. Both are waited for by work, and then it has to hold.
    private static void AssertNothing(Action round, int messages, long allowed = 0)
    {
        for (var warmUp = 0; warmUp < WarmUps && BytesOf(round, messages) > allowed; warmUp++)
        {
            // All is done in the condition.
        }

        Assert.That(BytesOf(round, messages), Is.LessThanOrEqualTo(allowed), $"bytes for {Messages} messages");
    }

    private static long BytesOf(Action round, int messages)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Messages; i += messages) round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
