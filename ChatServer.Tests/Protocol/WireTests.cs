using System.Buffers;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Protocol;

internal sealed class WireTests
{
    private const int SteadyRounds = 1_000;

    [Test]
    public void Headers_are_big_endian_and_keep_every_value()
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes];
        new FrameHeader(0x010203, FrameKind.Send, 0xa1b2c3d4).Write(bytes);
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo("01020310a1b2c3d4"));
        var random = RoundTripTests.Seeded();
        for (var i = 0; i < 1_000; i++)
        {
            var header = new FrameHeader(random.Next(FrameHeader.MaxLength + 1), (FrameKind)random.Next(256), (uint)random.NextInt64(1L << 32));
            header.Write(bytes);
            Assert.That(FrameHeader.Read(bytes), Is.EqualTo(header));
        }
    }

    [TestCase(-1)]
    [TestCase(FrameHeader.MaxLength + 1)]
    public void A_length_without_a_place_in_the_header_is_never_written(int length) =>
        Assert.That(() => new FrameHeader(length, FrameKind.Send, 0).Write(new byte[8]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_stranger_is_known_by_the_first_byte_that_is_no_preamble()
    {
        Assert.That(Preamble.MayBegin([]), Is.True);
        Assert.That(Preamble.MayBegin("CHA"u8), Is.True);
        Assert.That(Preamble.MayBegin("CHAT\u0001\u0001more"u8), Is.True);
        Assert.That(Preamble.MayBegin("G"u8), Is.False);
        Assert.That(Preamble.MayBegin("CHAR"u8), Is.False);
        Assert.That(Preamble.TryRead("CHAT\u0001"u8, out _, out _), Is.False);
    }

    [Test]
    public void Ids_read_twice_are_one_string_and_bad_ones_are_never_kept()
    {
        Assert.That(UserId.TryParse("alice"u8, out var first) && UserId.TryParse("alice"u8, out var second) && ReferenceEquals(first.Value, second.Value));
        for (var i = 0; i < 2; i++)
        {
            Assert.That(UserId.TryParse("Alice"u8, out _), Is.False);
            Assert.That(UserId.TryParse(""u8, out _), Is.False);
            Assert.That(UserId.TryParse(new byte[65], out _), Is.False);
        }

        // The longest user id is in the cache and still no device id.
        var text = new string('x', ProtocolLimits.UserIdBytes);
        Assert.That(UserId.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out var user) && user.Value == text);
        Assert.That(DeviceId.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _), Is.False);
    }

    [Test]
    public void More_ids_than_the_cache_holds_are_all_read_right()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 20_000; i++)
            {
                var text = $"user-{i}";
                if (!UserId.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out var id) || id.Value != text) Assert.Fail(text);
            }
        }
    }

    [Test]
    public void Frames_made_by_default_have_no_null_in_them()
    {
        Assert.That(new HelloFrame().WindowMessages, Is.EqualTo(512u));
        Assert.That(default(HelloFrame).ClientName + default(ErrorFrame).Detail + default(GoAwayFrame).Detail + default(WelcomeFrame).Server, Is.Empty);
        Assert.That(default(WireConversation).IsNone, Is.True);
        Assert.That(default(ReceiptFrame).Items.ToArray(), Is.Empty);
    }

    [Test]
    public void Secrets_and_payloads_do_not_show_in_text()
    {
        var hello = new HelloFrame { Secret = "canary"u8.ToArray() };
        var send = new SendFrame { Payload = "canary"u8.ToArray() };
        Assert.That($"{hello} {send}", Does.Not.Contain("canary").And.Not.Contains("99, 97"));
    }

    [Test]
    public void The_hot_path_allocates_nothing_in_steady_state()
    {
        var bob = WireConversation.Direct(UserId.Parse("bob"));
        var payload = new byte[256];
        var send = new SendFrame { Conversation = bob, SendNumber = 1, ContentKind = ContentKind.Message, Payload = payload };
        var sent = new SentFrame { Conversation = bob, SendNumber = 1, Sequence = 1, Durability = Durability.Disk };
        var message = new MessageFrame { Conversation = bob, Sequence = 1, Sender = bob.User, SenderDevice = DeviceId.Parse("phone"), SendNumber = 1, Payload = payload };
        var receipt = new ReceiptFrame { Items = new ReceiptItem[] { new() { Conversation = bob, DeliveredUpTo = 3 } } };
        AssertSteady(send);
        AssertSteady(sent);
        AssertSteady(message);
        AssertSteady(receipt);

        FrameCodec.Read<ReceiptFrame>(Body(receipt), out var read);
        AssertNoAllocation(() =>
        {
            foreach (var item in read.Items)
                if (item.DeliveredUpTo != 3) throw new InvalidOperationException("the cursor is 3");
        });
        var total = default(PushedTotal);
        AssertNoAllocation(() => total = total.With(bob, 7));
    }

    private static void AssertSteady<T>(T frame)
        where T : struct, IFrame<T>
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        AssertNoAllocation(() =>
        {
            output.ResetWrittenCount();
            FrameCodec.Write(output, in frame, 7);
        });
        var body = Body(frame);
        AssertNoAllocation(() =>
        {
            if (FrameCodec.Read<T>(body, out _) != ErrorCode.None) throw new InvalidOperationException("the frame is sound");
        });
    }

    private static ReadOnlyMemory<byte> Body<T>(T frame)
        where T : struct, IFrame<T>
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodec.Write(output, in frame);
        return output.WrittenMemory[ProtocolLimits.HeaderBytes..];
    }

    private static void AssertNoAllocation(Action action)
    {
        for (var i = 0; i < SteadyRounds; i++) action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < SteadyRounds; i++) action();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
