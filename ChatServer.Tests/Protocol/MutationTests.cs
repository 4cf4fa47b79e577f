using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Protocol;

/// <summary>Bodies that are almost right: one of the three documented codes or a sound frame, never an exception, never much memory.</summary>
internal sealed class MutationTests
{
    private const int RandomBodies = 40_000;

    private static readonly ErrorCode[] Documented = [ErrorCode.None, ErrorCode.BadFrame, ErrorCode.Limit, ErrorCode.BadName];

    [Test]
    public void Each_byte_changed_to_every_value_gives_a_documented_code()
    {
        var accepted = 0;
        foreach (var vector in Vectors.Frames)
        {
            var body = vector.Body.ToArray();
            for (var place = 0; place < body.Length; place++)
            {
                var original = body[place];
                for (var value = 0; value < 256; value++)
                {
                    body[place] = (byte)value;
                    if (Read(vector.Kind, body) == ErrorCode.None) accepted++;
                }

                body[place] = original;
            }
        }

        Assert.That(accepted, Is.GreaterThan(1_000), "payload bytes may be anything");
    }

    [Test]
    public void What_is_accepted_after_random_changes_the_stock_library_reads_alike()
    {
        var random = RoundTripTests.Seeded();
        var accepted = 0;
        for (var round = 0; round < RandomBodies; round++)
        {
            var vector = Vectors.Frames[random.Next(Vectors.Frames.Count)];
            var body = Mutate(vector.Body.ToArray(), random);
            if (Read(vector.Kind, body) != ErrorCode.None) continue;
            accepted++;

            var probe = FrameProbe.Of(vector.Kind);
            _ = probe.Read(body, out var frame, out _);
            var rewritten = probe.Write(frame).AsMemory(ProtocolLimits.HeaderBytes);
            var theirs = BodyElements.Value(body);
            var ours = BodyElements.Value(rewritten);
            if (theirs is null || ours is null || !BodyElements.Agree(theirs, ours)) Assert.Fail($"{vector.Kind} {Convert.ToHexString(body)}");
            Assert.That(probe.Read(rewritten), Is.EqualTo(ErrorCode.None));
        }

        Assert.That(accepted, Is.GreaterThan(RandomBodies / 100));
    }

    [Test]
    public void Random_bytes_give_a_documented_code_in_every_kind()
    {
        var random = RoundTripTests.Seeded();
        for (var round = 0; round < RandomBodies / 10; round++)
        {
            var body = new byte[random.Next(0, 200)];
            random.NextBytes(body);
            if (body.Length > 0 && random.Next(2) == 0) body[0] = (byte)(0x90 | random.Next(16));
            foreach (var probe in FrameProbe.All) Read(probe.Kind, body);
        }
    }

    [Test]
    public void The_receipt_with_the_most_memory_for_its_bytes_stays_below_the_bound()
    {
        // Names of two letters, all different: the least bytes for a string that has to be made.
        var items = new ReceiptItem[ProtocolLimits.ListItems];
        const string Letters = "abcdefghijklmnopqrstuvwxyz";
        for (var i = 0; i < items.Length; i++)
            items[i] = new ReceiptItem { Conversation = WireConversation.Direct(UserId.Parse($"{Letters[i / 26]}{Letters[i % 26]}")) };
        var body = FrameProbe.Of(FrameKind.Receipt).Write(new ReceiptFrame { Items = items })[ProtocolLimits.HeaderBytes..];
        Assert.That(Read(FrameKind.Receipt, body), Is.EqualTo(ErrorCode.None));
    }

    private static ErrorCode Read(FrameKind kind, byte[] body)
    {
        var probe = FrameProbe.Of(kind);
        _ = UserId.TryParse("a"u8, out _); // the thread's cache of ids belongs to no frame
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = probe.Read(body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > (8 * body.Length) + 4_096) Assert.Fail($"{allocated} bytes allocated for {kind} {Convert.ToHexString(body)}");
        if (!Documented.Contains(error)) Assert.Fail($"{error} for {kind} {Convert.ToHexString(body)}");
        return error;
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0 && body.Length > 0; changes--)
        {
            var place = random.Next(body.Length);
            var end = random.Next(place, Math.Min(body.Length, place + 12) + 1);
            body = random.Next(6) switch
            {
                0 => [.. body[..place], .. body[end..]],
                1 => [.. body[..end], .. body[place..]],
                2 => [.. body[..place], (byte)random.Next(256), .. body[place..]],
                3 => [.. body[..place], .. BodyElements.Smallest((byte)random.Next(256)), .. body[place..]],
                4 => [.. body[..place], .. Splice(random), .. body[end..]],
                _ => [.. body[..place], (byte)(body[place] ^ (1 << random.Next(8))), .. body[(place + 1)..]],
            };
        }

        return body;
    }

    private static byte[] Splice(Random random)
    {
        var other = Vectors.Frames[random.Next(Vectors.Frames.Count)].Body;
        var start = random.Next(other.Length);
        return other[start..random.Next(start, other.Length)].ToArray();
    }
}
