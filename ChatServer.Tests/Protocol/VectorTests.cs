using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Protocol;

/// <summary>The golden vectors, in both directions. Their bytes were made by another library than ours.</summary>
internal sealed class VectorTests
{
    [TestCaseSource(typeof(Vectors), nameof(Vectors.Frames))]
    public void Bytes_become_the_frame(Vectors.FrameVector vector)
    {
        var header = FrameHeader.Read(vector.Bytes);
        Assert.That(header, Is.EqualTo(new FrameHeader(vector.Body.Length, vector.Kind, vector.Correlation)));
        Assert.That(FrameProbe.Of(vector.Kind).Read(vector.Body, out var frame, out _), Is.EqualTo(ErrorCode.None));
        RoundTripTests.AssertSame(FrameJson.From(frame), vector.Decoded);
    }

    [TestCaseSource(typeof(Vectors), nameof(Vectors.Frames))]
    public void The_frame_becomes_the_bytes(Vectors.FrameVector vector)
    {
        var probe = FrameProbe.Of(vector.Kind);
        var bytes = probe.Write(FrameJson.To(probe.Type, vector.Decoded), vector.Correlation);
        if (vector.Canonical) Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(Convert.ToHexStringLower(vector.Bytes)));
        else Assert.That(Convert.ToHexStringLower(bytes), Is.Not.EqualTo(Convert.ToHexStringLower(vector.Bytes)));
    }

    [TestCaseSource(typeof(Vectors), nameof(Vectors.Refused))]
    public void Refused_bodies_are_refused_by_their_code(Vectors.RefusedVector vector)
    {
        Assert.That(FrameProbe.Of(vector.Kind).Read(vector.Body, out _, out var argument), Is.EqualTo(vector.Code));
        Assert.That(argument, Is.EqualTo(vector.Argument));
    }

    [Test]
    public void Every_kind_has_a_vector_and_every_code_of_the_reader_a_refused_one()
    {
        Assert.That(RoundTripTests.Kinds.Except(Vectors.Frames.Where(vector => vector.Canonical).Select(vector => vector.Kind)), Is.Empty);
        Assert.That(
            Vectors.Refused.Select(vector => vector.Code).Distinct(),
            Is.EquivalentTo(new[] { ErrorCode.BadFrame, ErrorCode.Limit, ErrorCode.BadName }));
        Assert.That(Vectors.Frames.Select(vector => vector.Name), Is.Unique);
        Assert.That(Vectors.Refused.Select(vector => vector.Name), Is.Unique);
    }

    [Test]
    public void Preambles_are_read_as_the_vectors_say()
    {
        foreach (var row in Vectors.Rows("preambles"))
        {
            var bytes = Convert.FromHexString(Vectors.Text(row, "hex"));
            var sound = Preamble.TryRead(bytes, out var lowest, out var highest);
            Assert.That(sound, Is.EqualTo(!row.ContainsKey("code")), row.ToJsonString());
            if (!sound) continue;
            Assert.That((lowest, highest), Is.EqualTo((row["lowest"]!.GetValue<byte>(), row["highest"]!.GetValue<byte>()))); // a sound one has both
            var written = new byte[ProtocolLimits.PreambleBytes];
            Preamble.Write(written, lowest, highest);
            Assert.That(written, Is.EqualTo(bytes));
        }
    }

    [Test]
    public void Checksums_of_pushed_messages_are_those_of_the_vectors()
    {
        var total = default(PushedTotal);
        foreach (var row in Vectors.Rows("checksums"))
        {
            var conversation = (WireConversation)FrameJson.To(typeof(WireConversation), row["conversation"]);
            var sequence = row["sequence"]!.GetValue<ulong>(); // each row has one
            var before = total.Checksum;
            total = total.With(conversation, sequence);
            Assert.That(total.Checksum ^ before, Is.EqualTo(Convert.ToUInt64(Vectors.Text(row, "hash"), 16)), row.ToJsonString());
            Assert.That(total.Checksum, Is.EqualTo(Convert.ToUInt64(Vectors.Text(row, "total"), 16)), row.ToJsonString());
        }

        Assert.That(total.Pushed, Is.EqualTo(Vectors.Rows("checksums").Count()));
    }
}
