using NUnit.Framework;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Protocol;

namespace ChatServer.Tests.Behaviour;

/// <summary>Sections B and C of the hostile inputs, by a client that has logged in.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BadStateTests : IDisposable
{
    private static readonly string[] HostileBodies =
        ["c6ffffffff", "dbffffffff", "ddffffffff", "c9ffffffff01", "c1", "80", "a0", "00", "d862", "91c1", .. new[] { "91", "81c0" }.Select(nest => string.Concat(Enumerable.Repeat(nest, 1_500)) + "c0")];

    private readonly ShardFixture _shard = new();
    private readonly HonestPair _honest;

    public BadStateTests() => _honest = new HonestPair(_shard.EndPoint);

    private static IEnumerable<FrameKind> ClientKinds => [FrameKind.Send, FrameKind.Receipt, FrameKind.Ping, FrameKind.RemoveDevice];

    private static IEnumerable<Vectors.FrameVector> FromServerOnly => Vectors.Frames
        .Where(vector => vector.Canonical && !ClientKinds.Append(FrameKind.ListDevices).Contains(vector.Kind)).DistinctBy(vector => vector.Kind);

    [TearDown]
    public void Others_are_served() => _honest.IsServed();

    public void Dispose()
    {
        _honest.Dispose();
        _shard.Dispose();
    }

    [TestCaseSource(nameof(FromServerOnly))]
    public void What_only_a_server_says_and_a_second_hello_end_the_session(Vectors.FrameVector vector)
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        client.SendRaw(vector.Bytes);
        client.ExpectEnd(ErrorCode.UnexpectedFrame);
    }

    [TestCaseSource(nameof(ClientKinds))]
    public void A_body_that_is_no_frame_ends_the_session(FrameKind kind)
    {
        using var registers = RawClient.Register(_shard.EndPoint, "alice");
        var token = registers.Token;
        uint attempt = 2;
        foreach (var body in HostileBodies.Select(Convert.FromHexString))
        {
            using var client = RawClient.ByToken(_shard.EndPoint, "alice", token, attempt: attempt++);
            token = client.Token;
            client.SendRaw(Frame(kind, body));
            client.ExpectEnd(ErrorCode.BadFrame);
        }
    }

    [TestCaseSource(nameof(ClientKinds))]
    public void Bytes_behind_the_fields_end_the_session(FrameKind kind)
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        var vector = Vectors.Frames.First(vector => vector.Canonical && vector.Kind == kind);
        client.SendRaw(Frame(kind, [.. vector.Body.Span, 0xC0]));
        client.ExpectEnd(ErrorCode.BadFrame);
    }

    [Test]
    public void A_hostile_hello_is_a_bad_frame()
    {
        foreach (var body in HostileBodies.Select(Convert.FromHexString))
        {
            using var client = new RawClient(_shard.EndPoint);
            client.SendRaw([.. RawClient.PreambleBytes, .. Frame(FrameKind.Hello, body)]);
            client.ExpectEnd(ErrorCode.BadFrame);
        }
    }

    [Test]
    public void Kinds_to_come_are_ignored_for_a_while()
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        for (var i = 0; i < ProtocolLimits.IgnoredFrames; i++) client.SendRaw(Frame((FrameKind)(192 + (i % 48)), [0xC1]));
        client.Send(new PingFrame());
        client.Expect<PongFrame>();
        client.SendRaw(Frame((FrameKind)200, [0xC0]));
        client.ExpectEnd(ErrorCode.UnknownKind);
    }

    [TestCase(0)]
    [TestCase(99)]
    [TestCase(240)]
    [TestCase(250)]
    [TestCase(255)]
    public void Other_unknown_kinds_end_the_session(int kind)
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        client.SendRaw(Frame((FrameKind)kind, [0xC0]));
        client.ExpectEnd(ErrorCode.UnknownKind);
    }

    [Test]
    public void A_payload_has_its_limit_and_the_session_goes_on()
    {
        using var alice = RawClient.Register(_shard.EndPoint, "alice");
        using var bob = RawClient.Register(_shard.EndPoint, "bob");
        alice.SendText("bob", 1, new string('x', ProtocolLimits.PayloadBytes + 1));
        var refused = alice.Expect<ErrorFrame>();
        Assert.That((refused.Code, refused.SendNumber, refused.Argument), Is.EqualTo((ErrorCode.Limit, 1UL, (ulong)ProtocolLimits.PayloadBytes)));
        alice.SendText("bob", 1, new string('x', ProtocolLimits.PayloadBytes));
        Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(1), "what was refused for its form used no number");
        Assert.That(bob.ExpectText("alice", 1), Has.Length.EqualTo(ProtocolLimits.PayloadBytes));
    }

    [Test]
    public void A_group_is_not_supported_yet()
    {
        using var alice = RawClient.Register(_shard.EndPoint, "alice");
        alice.Send(new SendFrame { Conversation = WireConversation.OfGroup(5), SendNumber = 1, ContentKind = ContentKind.Message, Payload = new byte[1] });
        Assert.That(alice.Expect<ErrorFrame>().Code, Is.EqualTo(ErrorCode.Unsupported));
    }

    [Test]
    public void A_number_with_another_body_is_a_conflict_and_the_original_stays()
    {
        using var alice = RawClient.Register(_shard.EndPoint, "alice");
        using var bob = RawClient.Register(_shard.EndPoint, "bob");
        alice.SendText("bob", 1, "the original");
        var first = alice.Expect<SentFrame>();
        alice.SendText("bob", 1, "something else");
        Assert.That(alice.Expect<ErrorFrame>().Code, Is.EqualTo(ErrorCode.Conflict));
        alice.SendText("bob", 1, "the original");
        var again = alice.Expect<SentFrame>();
        Assert.That((again.Sequence, again.ServerTime, again.Duplicate), Is.EqualTo((first.Sequence, first.ServerTime, true)));
        Assert.That(bob.ExpectText("alice", 1), Is.EqualTo("the original"));
        alice.SendText("bob", 2, "the next", settled: 1);
        Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(2));
        Assert.That(bob.ExpectText("alice", 2), Is.EqualTo("the next"), "nothing came in between");
        alice.SendText("bob", 1, "the original");
        Assert.That(alice.Expect<ErrorFrame>().Code, Is.EqualTo(ErrorCode.AlreadySettled));
        alice.SendText("bob", 9, "too early");
        var early = alice.Expect<ErrorFrame>();
        Assert.That((early.Code, early.Argument), Is.EqualTo((ErrorCode.OutOfOrder, 3UL)));
    }

    [Test]
    public void Receipts_that_cannot_be_true_change_nothing()
    {
        using var alice = RawClient.Register(_shard.EndPoint, "alice");
        using var bob = RawClient.Register(_shard.EndPoint, "bob");
        alice.SendText("bob", 1, "hello");
        alice.Expect<SentFrame>();
        bob.ExpectText("alice", 1);
        bob.Acknowledge("alice", 2, 0); // never pushed
        bob.Acknowledge("alice", ulong.MaxValue, ulong.MaxValue);
        bob.Acknowledge("alice", 0, 1); // read before delivered
        bob.Acknowledge("honest.from", 1, 1); // not bob's conversation
        bob.Acknowledge("nobody", 1, 1);
        bob.Acknowledge("alice", 1, 1);
        bob.Acknowledge("alice", 0, 0); // back
        bob.Send(new PingFrame());
        bob.Expect<PongFrame>();
        Assert.That(alice.TryExpect<MarksFrame>(out var marks), Is.True);
        Assert.That(marks.Items.ToArray().Select(item => (item.User.Value, item.DeliveredUpTo, item.ReadUpTo)), Is.EqualTo(new[] { ("bob", 1UL, 1UL) }), "the first marks alice hears are the true ones");
    }

    [Test]
    public void Sends_behind_a_hello_wait_for_the_login_and_for_each_other()
    {
        const ulong Count = 10_000;
        using var bob = RawClient.Register(_shard.EndPoint, "bob");
        using var alice = new RawClient(_shard.EndPoint);
        var hello = RawClient.Hello("alice", "phone", LoginMethod.Register, "correct horse"u8.ToArray());
        var bytes = new List<byte>([.. RawClient.PreambleBytes, .. RawClient.Encode(hello)]);
        for (ulong number = 1; number <= Count; number++)
        {
            bytes.AddRange(RawClient.Encode(new SendFrame
            {
                Conversation = WireConversation.Direct(UserId.Parse("bob")), SendNumber = number, Settled = number - 1, ContentKind = ContentKind.Message, Payload = new byte[4],
            }));
        }

        var sending = Task.Run(() => alice.SendRaw(bytes.ToArray()));
        alice.Expect<WelcomeFrame>();
        var receiving = Task.Run(() =>
        {
            for (ulong sequence = 1; sequence <= Count; sequence++)
            {
                bob.ExpectText("alice", sequence);
                if (sequence % 50 == 0) bob.Acknowledge("alice", sequence);
            }
        });
        for (ulong sequence = 1; sequence <= Count; sequence++) Assert.That(alice.Expect<SentFrame>().Sequence, Is.EqualTo(sequence));
        Task.WaitAll(sending, receiving);
    }

    private static byte[] Frame(FrameKind kind, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes + body.Length];
        new FrameHeader(body.Length, kind, 3).Write(bytes);
        body.CopyTo(bytes.AsSpan(ProtocolLimits.HeaderBytes));
        return bytes;
    }
}
