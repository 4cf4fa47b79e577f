using System.Reflection;
using System.Text.Json.Nodes;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Protocol;

internal sealed class RoundTripTests
{
    private const int Rounds = 300;

    public static IEnumerable<FrameKind> Kinds =>
        Enum.GetValues<FrameKind>().Where(kind => kind is not (FrameKind.FirstIgnorable or FrameKind.LastIgnorable));

    [Test]
    public void Every_kind_has_a_frame_and_every_frame_a_kind() =>
        Assert.That(FrameProbe.All.Select(probe => probe.Kind), Is.EqualTo(Kinds.Order()));

    [Test]
    public void Every_frame_is_named_after_its_kind_and_all_its_fields_can_be_set()
    {
        foreach (var probe in FrameProbe.All)
        {
            Assert.That(probe.Type.Name, Is.EqualTo($"{probe.Kind}Frame"));
            var mutable = FrameJson.Fields(probe.Type).Where(field => !IsInitOnly(field));
            Assert.That(mutable, Is.Empty, probe.Type.Name);
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void What_is_written_is_read(FrameKind kind)
    {
        var probe = FrameProbe.Of(kind);
        var random = Seeded();
        for (var round = 0; round < Rounds; round++)
        {
            var frame = FrameJson.Random(probe.Type, random);
            var correlation = (uint)random.NextInt64(0, 1L << 32);
            var bytes = probe.Write(frame, correlation);
            var header = FrameHeader.Read(bytes);
            Assert.That(header, Is.EqualTo(new FrameHeader(bytes.Length - ProtocolLimits.HeaderBytes, kind, correlation)));
            Assert.That(header.Length, Is.LessThanOrEqualTo(probe.MaxBodyBytes(frame)));

            var body = bytes.AsMemory(ProtocolLimits.HeaderBytes);
            Assert.That(probe.Read(body, out var read, out _), Is.EqualTo(ErrorCode.None));
            AssertSame(FrameJson.From(read), FrameJson.From(frame));
            Assert.That(probe.Write(read, correlation), Is.EqualTo(bytes));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void The_stock_library_reads_what_is_written(FrameKind kind)
    {
        var probe = FrameProbe.Of(kind);
        var random = Seeded();
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = probe.Write(FrameJson.Random(probe.Type, random));
            Assert.That(BodyElements.Value(bytes.AsMemory(ProtocolLimits.HeaderBytes)), Is.Not.Null);
        }
    }

    [Test]
    public void The_largest_frames_fit()
    {
        var user = UserId.Parse(new string('u', ProtocolLimits.UserIdBytes));
        var marks = new ChatServer.Protocol.Frames.MarkItem[ProtocolLimits.ListItems];
        marks.AsSpan().Fill(new() { Conversation = WireConversation.Direct(user), User = user, DeliveredUpTo = ulong.MaxValue, ReadUpTo = ulong.MaxValue });
        var frame = new ChatServer.Protocol.Frames.MarksFrame { Version = ulong.MaxValue, Items = FrameLists.Over<ChatServer.Protocol.Frames.MarkItem>(marks) };
        Assert.That(FrameProbe.Of(FrameKind.Marks).Write(frame), Has.Length.LessThanOrEqualTo(ProtocolLimits.BodyBytes));
    }

    [Test]
    public void A_body_longer_than_a_frame_may_be_is_a_bug_of_the_writer()
    {
        var frame = new ChatServer.Protocol.Frames.SendFrame { SendNumber = 1, Payload = new byte[ProtocolLimits.BodyBytes] };
        Assert.That(() => FrameProbe.Of(FrameKind.Send).Write(frame), Throws.InvalidOperationException);
    }

    [Test]
    public void Lists_are_equal_by_what_they_hold()
    {
        var probe = FrameProbe.Of(FrameKind.Receipt);
        var frame = (ChatServer.Protocol.Frames.ReceiptFrame)FrameJson.Random(probe.Type, Seeded());
        _ = probe.Read(probe.Write(frame).AsMemory(ProtocolLimits.HeaderBytes), out var read, out _);
        Assert.That(read, Is.EqualTo(frame));
        Assert.That(frame with { Items = [new() { ReadUpTo = 5 }] }, Is.Not.EqualTo(frame));
    }

    public static void AssertSame(JsonNode? actual, JsonNode? expected) =>
        Assert.That(JsonNode.DeepEquals(actual, expected), Is.True, () => $"{actual?.ToJsonString()}\nis not\n{expected?.ToJsonString()}");

    public static Random Seeded()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    private static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod is { } set && set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
