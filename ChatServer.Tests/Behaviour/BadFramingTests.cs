using NUnit.Framework;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Protocol;

namespace ChatServer.Tests.Behaviour;

/// <summary>Section A of the hostile inputs: what is no chat at all, and frames that cannot be.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class BadFramingTests : IDisposable
{
    private const ulong VersionArgument = (ProtocolLimits.Version * 256) + ProtocolLimits.Version;

    private readonly ShardFixture _shard = new();
    private readonly HonestPair _honest;

    public BadFramingTests() => _honest = new HonestPair(_shard.EndPoint);

    private static IEnumerable<TestCaseData> Strangers()
    {
        yield return Case("an HTTP request", "GET / HTTP/1.1\r\nHost: chat\r\n\r\n"u8.ToArray(), ErrorCode.BadPreamble);
        yield return Case("an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), ErrorCode.BadPreamble);
        yield return Case("a JSON text", "{\"type\":\"hello\"}\n"u8.ToArray(), ErrorCode.BadPreamble);
        yield return Case("lower case", "chat\u0001\u0001"u8.ToArray(), ErrorCode.BadPreamble);
        yield return Case("a TLS ClientHello", Convert.FromHexString("160301020001000001fc0303"), ErrorCode.BadPreamble);
        yield return Case("version 0", [.. Preamble.Magic, 0, 1], ErrorCode.BadPreamble);
        yield return Case("versions the wrong way round", [.. Preamble.Magic, 2, 1], ErrorCode.BadPreamble);
        yield return Case("newer versions only", [.. Preamble.Magic, 2, 9], ErrorCode.UnsupportedVersion, VersionArgument);
        yield return Case("length 0", [.. RawClient.PreambleBytes, .. Header(0, FrameKind.Hello)], ErrorCode.BadLength, ProtocolLimits.BodyBytesBeforeLogin);
        foreach (var length in (int[])[ProtocolLimits.BodyBytesBeforeLogin + 1, 0x010001, 0x800000, 0xFFFFFF])
            yield return Case($"length {length:x}", [.. RawClient.PreambleBytes, .. Header(length, FrameKind.Hello)], ErrorCode.BadLength, ProtocolLimits.BodyBytesBeforeLogin);
        foreach (var vector in Vectors.Frames.Where(vector => vector.Canonical && vector.Kind != FrameKind.Hello).DistinctBy(vector => vector.Kind))
            yield return Case($"{vector.Kind} first", [.. RawClient.PreambleBytes, .. vector.Bytes[..Math.Min(vector.Bytes.Length, 256)]], ErrorCode.HelloFirst);
        yield return Case("an unknown kind first", [.. RawClient.PreambleBytes, .. Header(1, (FrameKind)200), 0xC0], ErrorCode.HelloFirst);
        yield return Case("the longest body of another kind first", [.. RawClient.PreambleBytes, .. Header(4_096, FrameKind.Send), .. new byte[4_096]], ErrorCode.HelloFirst);
    }

    private static IEnumerable<TestCaseData> AfterLogin()
    {
        yield return new TestCaseData(Header(0, FrameKind.Ping)).SetArgDisplayNames("length 0");
        yield return new TestCaseData(Header(ProtocolLimits.BodyBytes + 1, FrameKind.Send)).SetArgDisplayNames("length 65,537");
        yield return new TestCaseData(Header(FrameHeader.MaxLength, FrameKind.Send)).SetArgDisplayNames("the largest length");
        yield return new TestCaseData("GET / HTTP/1.1\r\n\r\n"u8.ToArray()).SetArgDisplayNames("text in place of a frame");
    }

    [TearDown]
    public void Others_are_served() => _honest.IsServed();

    public void Dispose()
    {
        _honest.Dispose();
        _shard.Dispose();
    }

    [TestCaseSource(nameof(Strangers))]
    public void A_stranger_is_told_why_and_closed(byte[] bytes, ErrorCode code, ulong argument)
    {
        foreach (var segments in Segmentation.Of(bytes))
        {
            using var client = new RawClient(_shard.EndPoint);
            if (!segments.All(client.TrySendRaw)) continue; // told and closed before the end: the whole bytes show what it is told
            Assert.That(client.ExpectEnd(code).Argument, Is.EqualTo(argument));
        }
    }

    [TestCaseSource(nameof(AfterLogin))]
    public void A_bad_length_after_login_ends_the_session(byte[] bytes)
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        client.SendRaw(bytes);
        Assert.That(client.ExpectEnd(ErrorCode.BadLength).Argument, Is.EqualTo(ProtocolLimits.BodyBytes));
    }

    [Test]
    public void The_longest_frame_is_read()
    {
        using var client = RawClient.Register(_shard.EndPoint, "alice");
        client.SendRaw([.. Header(ProtocolLimits.BodyBytes, (FrameKind)200), .. new byte[ProtocolLimits.BodyBytes]]);
        client.Send(new PingFrame());
        client.Expect<PongFrame>();
    }

    [Test]
    public void A_frame_that_is_cut_off_is_not_parsed()
    {
        var hello = RawClient.Encode(RawClient.Hello("alice", "phone", LoginMethod.Register, Encoding.UTF8.GetBytes("correct horse")));
        byte[] bytes = [.. RawClient.PreambleBytes, .. hello];
        foreach (var length in Enumerable.Range(0, bytes.Length))
        {
            using var client = new RawClient(_shard.EndPoint);
            client.SendRaw(bytes.AsSpan(0, length));
            client.HalfClose();
            client.ExpectSilentEnd();
        }

        using var registers = RawClient.Register(_shard.EndPoint, "alice"); // the name is still free
    }

    [Test]
    public void Resets_in_the_middle_of_anything_leave_nothing_behind()
    {
        var hello = RawClient.Encode(RawClient.Hello("alice", "phone", LoginMethod.Register, Encoding.UTF8.GetBytes("correct horse")));
        byte[] bytes = [.. RawClient.PreambleBytes, .. hello];
        for (var length = 0; length <= bytes.Length; length += 3)
        {
            var client = new RawClient(_shard.EndPoint);
            client.SendRaw(bytes.AsSpan(0, length));
            client.Reset();
        }

        // One while the password is being hashed, which is whole but nobody waits for it.
        var whole = new RawClient(_shard.EndPoint);
        whole.SendRaw(bytes);
        whole.Reset();
    }

    private static TestCaseData Case(string name, byte[] bytes, ErrorCode code, ulong argument = 0) =>
        new TestCaseData(bytes, code, argument).SetArgDisplayNames(name);

    private static byte[] Header(int length, FrameKind kind)
    {
        var bytes = new byte[ProtocolLimits.HeaderBytes];
        new FrameHeader(length, kind, 1).Write(bytes);
        return bytes;
    }
}
