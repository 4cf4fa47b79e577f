using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class SectionTests
{
    [Test]
    public void Records_come_back_from_a_section_as_they_were_appended()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var section = new Section(7);
        for (var drain = 1UL; drain <= 20; drain++)
        {
            section.Open(drain, 3, drain - 1);
            var expected = new List<(byte Kind, byte Version, byte[] Body, RecordSpan Span)>();
            for (var i = random.Next(50); i >= 0; i--)
            {
                var body = new byte[random.Next(700)];
                random.NextBytes(body);
                var kind = (byte)random.Next(256);
                expected.Add((kind, 1, body, section.Append(kind, 1, body)));
            }

            foreach (var record in expected) Assert.That(section.Body(record.Span).SequenceEqual(record.Body), Is.True);
            Assert.That(section.Length, Is.EqualTo(expected.Sum(record => record.Span.Length)));

            var index = 0;
            var recovered = new RecoveredSection(section.SealedBytes, 1000);
            Assert.That(recovered.Hash, Is.EqualTo(section.Seal()));
            Assert.That((recovered.Partition, recovered.Number, recovered.Epoch, recovered.PreviousHash), Is.EqualTo((7, drain, 3u, (UInt128)(drain - 1))));
            foreach (var record in recovered)
            {
                var (kind, version, body, span) = expected[index++];
                Assert.That((record.Kind, record.Version, record.Span), Is.EqualTo((kind, version, span)));
                Assert.That(record.Body.SequenceEqual(body), Is.True);
            }

            Assert.That(index, Is.EqualTo(expected.Count));
        }
    }

    [Test]
    public void A_record_encoded_in_place_is_the_same_as_one_copied()
    {
        var copied = new Section(0);
        var encoded = new Section(0);
        copied.Append(5, 2, "abcdef"u8);
        var writer = encoded.BeginRecord(5, 2);
        "abc"u8.CopyTo(writer.GetSpan(3));
        writer.Advance(3);
        "def"u8.CopyTo(writer.GetMemory(3).Span);
        writer.Advance(3);
        encoded.EndRecord();
        Assert.That(encoded.SealedBytes.SequenceEqual(copied.SealedBytes), Is.True);
    }

    [Test]
    public void A_section_that_is_used_again_allocates_nothing()
    {
        var section = new Section(0);
        var body = new byte[200];
        Fill(section, body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Fill(section, body);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void The_bytes_of_a_batch_are_those_that_were_fixed_once()
    {
        var section = new Section(3);
        section.Open(9, 2, 0x0102030405060708);
        section.Append(1, 1, "hello"u8);
        ReadOnlySpan<Section> sections = [section];
        var addresses = new SectionAddress[1];
        var envelope = new byte[BatchFrame.Length(sections)];
        BatchFrame.Write(envelope, 5, Durable.UpTo(4), UInt128.One, sections, addresses, 0);
        Assert.That(Convert.ToHexStringLower(envelope), Is.EqualTo(Fixed));
        Assert.That(addresses[0].LogAddress, Is.EqualTo(120));
    }

    [Test]
    public void Every_flipped_bit_of_a_batch_is_noticed()
    {
        var sections = new[] { new Section(1), new Section(2) };
        foreach (var section in sections)
        {
            section.Open(1, 1, 0);
            section.Append(1, 1, "some body"u8);
            section.Append(2, 1, []);
        }

        var envelope = new byte[BatchFrame.Length(sections)];
        BatchFrame.Write(envelope, 1, default, 0, sections, new SectionAddress[2], 0);
        Assert.That(BatchFrame.IsIntact(envelope), Is.True);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(BatchFrame.IsIntact(envelope), Is.False, $"bit {bit}");
            envelope[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < envelope.Length; length++) Assert.That(BatchFrame.IsIntact(envelope.AsSpan(0, length)), Is.False);
    }

    [Test]
    public void The_checksum_of_a_record_is_crc_32c() =>
        Assert.That(Crc32C.Of("123456789"u8), Is.EqualTo(0xE3069283));

    private const string Fixed =
        "434241540100010087000000000000000500000000000000040000000000000001000000000000000000000000000000" +
        "719dea639e02d05291ef31d93f96d0fd9abd8bf9aa29751a25cc3704b0c919ac03000000020000000900000000000000" +
        "08070605040302010000000000000000010000000f00000005000000010177f98f3368656c6c6f";

    private static void Fill(Section section, ReadOnlySpan<byte> body)
    {
        section.Open(1, 1, 0);
        for (var i = 0; i < 100; i++) section.Append(1, 1, body);
        section.Seal();
    }
}
