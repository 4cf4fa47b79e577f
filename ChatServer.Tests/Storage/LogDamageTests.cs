using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

/// <summary>Files changed between two runs: what was acknowledged is there and right, or the log refuses and says where.</summary>
internal sealed class LogDamageTests
{
    private const int SlotDistance = 4096;

    [Test]
    public void A_flipped_bit_in_an_acknowledged_batch_refuses_to_start()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var test = new LogUnderTest();
        test.Open();
        var places = new List<(long Start, long End)>();
        for (var i = 0; i < 30; i++) places.Add(Append(test, new string('t', 1 + random.Next(1200))));
        test.Close();
        for (var i = 0; i < 150; i++)
        {
            var (start, end) = places[i % places.Count];
            var (path, offset) = Locate(test, random.NextInt64(start, end));
            Flip(path, offset, 1 << random.Next(8));
            Assert.That(test.OpenRefused(), Does.Contain("offset"));
            Undo(path);
        }

        test.Reopen();
    }

    [Test]
    public void Two_equal_flips_eight_bytes_apart_and_zeroed_sectors_refuse_to_start()
    {
        using var test = new LogUnderTest();
        test.Open();
        var places = new List<(long Start, long End)>();
        for (var i = 0; i < 12; i++) places.Add(Append(test, new string('t', 1000)));
        test.Close();
        foreach (var (start, end) in places)
        {
            var (path, offset) = Locate(test, (start + end) / 2);
            Flip(path, offset, 1);
            Flip(path, offset + 8, 1);
            test.OpenRefused();
            Undo(path);
            Change(path, offset / 512 * 512, new byte[512]);
            test.OpenRefused();
            Undo(path);
        }

        test.Reopen();
    }

    [TestCase(0)]
    [TestCase(SlotDistance)]
    public void One_unreadable_slot_loses_nothing(int slot)
    {
        using var test = Written();
        var expected = test.Appended;
        Flip(test.SlotsPath, slot + 20, 1);
        test.Open();
        Assert.That(test.Replayed, Is.EqualTo(expected));
        test.Write(3, new Random(2));
        test.Reopen();
    }

    [Test]
    public void Recovery_follows_the_chain_beyond_both_slots()
    {
        using var test = Written();
        var slots = File.ReadAllBytes(test.SlotsPath);
        test.Open();
        test.Write(9, new Random(2));
        test.Close();
        var expected = test.Appended;
        File.WriteAllBytes(test.SlotsPath, slots);
        test.Open();
        Assert.That(test.Replayed, Is.EqualTo(expected));
    }

    [Test]
    public void Both_slots_unreadable_refuses_to_start()
    {
        using var test = Written();
        Flip(test.SlotsPath, 20, 1);
        Flip(test.SlotsPath, SlotDistance + 30, 1);
        Assert.That(test.OpenRefused(), Does.Contain("neither slot"));
        Undo(test.SlotsPath);
        test.Reopen();
    }

    [Test]
    public void A_lost_write_of_a_slot_refuses_to_start()
    {
        using var test = Written();
        var before = File.ReadAllBytes(test.SlotsPath);
        test.Open();
        test.Write(2, new Random(2));
        test.Close();
        var after = File.ReadAllBytes(test.SlotsPath);
        File.WriteAllBytes(test.SlotsPath, [.. after[..SlotDistance], .. before[SlotDistance..]]);
        Assert.That(test.OpenRefused(), Does.Contain("contradict"));
    }

    [Test]
    public void An_unreadable_slot_and_a_hole_before_a_later_batch_refuse_to_start()
    {
        using var test = new LogUnderTest();
        test.Open();
        var places = new List<(long Start, long End)>();
        for (var i = 0; i < 10; i++) places.Add(Append(test, new string('t', 700)));
        test.Close();
        var (path, offset) = Locate(test, places[7].Start + 100);
        Flip(path, offset, 1);
        Change(test.SlotsPath, 0, new byte[512]);
        Assert.That(test.OpenRefused(), Does.Contain("does not verify"));
        Undo(test.SlotsPath);
        Change(test.SlotsPath, SlotDistance, new byte[512]);
        Assert.That(test.OpenRefused(), Does.Contain("does not verify"));
    }

    [Test]
    public void With_the_newest_slot_lost_a_hole_before_a_later_batch_refuses_to_start()
    {
        using var test = new LogUnderTest();
        test.Open();
        Append(test, "one");
        test.Append("two");
        var (address, span) = (default(SectionAddress), default(RecordSpan));
        Assert.That(test.TryAppend("three", out address, out span), Is.True);
        test.Append("four");
        Assert.That(test.Commit(), Is.True);
        test.Close();
        var (path, offset) = Locate(test, address.LogAddress + span.Length - 1);
        Flip(path, offset, 1);
        Change(test.SlotsPath, NewestSlot(test), new byte[512]);
        Assert.That(test.OpenRefused(), Does.Contain("batch 4 follows"));
    }

    [Test]
    public void With_old_slots_put_back_a_hole_before_a_later_batch_refuses_to_start()
    {
        using var test = new LogUnderTest();
        test.Open();
        Append(test, "one");
        Append(test, "two");
        var slots = File.ReadAllBytes(test.SlotsPath);
        var (start, end) = Append(test, "three");
        Append(test, "four");
        test.Close();
        var (path, offset) = Locate(test, (start + end) / 2);
        Flip(path, offset, 1);
        File.WriteAllBytes(test.SlotsPath, slots);
        Assert.That(test.OpenRefused(), Does.Contain("batch 4 follows"));
    }

    [TestCase(0, "is not the one")]
    [TestCase(4, "does not verify")]
    public void A_batch_of_another_course_of_the_same_log_refuses_to_start(int followers, string message)
    {
        using var test = new LogUnderTest();
        test.Open();
        Append(test, "common");
        test.Close();
        var common = Directory.EnumerateFiles(test.LogPath).ToDictionary(path => path, File.ReadAllBytes);
        test.Open();
        var (start, end) = Append(test, "the one that was restored over");
        test.Close();
        var (path, offset) = Locate(test, start);
        var strange = File.ReadAllBytes(path).AsSpan((int)offset, (int)(end - start)).ToArray();

        foreach (var (file, bytes) in common) File.WriteAllBytes(file, bytes);
        test.ForgetAcknowledged();
        test.Open();
        Append(test, "the one that was appended next");
        for (var i = 0; i < followers; i++) Append(test, "and one that rests on it");
        test.Close();
        Change(path, offset, strange);
        Assert.That(test.OpenRefused(), Does.Contain(message).And.Contain("offset"));
        Undo(path);
        test.Reopen();
    }

    [Test]
    public void The_mark_catches_a_log_that_lost_its_newest_segment()
    {
        using var test = new LogUnderTest();
        test.Open();
        while (test.Log.LogBytes < (2 * LogUnderTest.SegmentBytes) + LogUnderTest.PageBytes) test.Write(1, new Random(3));
        test.Close();
        foreach (var segment in test.Segments.Skip(2).ToList()) File.Delete(segment);
        Assert.That(test.OpenRefused(), Does.Contain("were acknowledged"));
    }

    [Test]
    public void A_missing_truncated_foreign_or_newer_file_refuses_to_start()
    {
        using var test = Written();
        using var other = Written();
        var first = test.Segments.First();
        var second = test.Segments.ElementAt(1);
        Refuses(first, File.Delete, "missing");
        Refuses(test.SlotsPath, File.Delete, "missing");
        Refuses(first, path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^512]), "expected");
        Refuses(test.SlotsPath, path => File.WriteAllBytes(path, []), "neither slot");
        Refuses(first, path => File.Copy(other.Segments.First(), path, overwrite: true), "another data directory");
        Refuses(test.SlotsPath, path => File.Copy(other.SlotsPath, path, overwrite: true), "another data directory");
        Refuses(first, path => File.Copy(second, path, overwrite: true), "under another name");
        Refuses(first, path => Flip(path, 13, 1), "header does not verify");
        Refuses(first, path => Change(path, 4, [2, 0]), "newer chatserver");
        test.Reopen();

        void Refuses(string path, Action<string> act, string message)
        {
            var bytes = File.ReadAllBytes(path);
            act(path);
            Assert.That(test.OpenRefused(), Does.Contain(message));
            File.WriteAllBytes(path, bytes);
        }
    }

    [Test]
    public void A_missing_log_refuses_to_start()
    {
        using var test = Written();
        Directory.Move(test.LogPath, test.LogPath + ".away");
        Assert.That(test.OpenRefused(), Does.Contain("the log is missing"));
        Assert.That(Directory.Exists(test.LogPath), Is.False, "nothing is created in its place");
        Directory.Move(test.LogPath + ".away", test.LogPath);
        test.Reopen();
    }

    [Test]
    public void A_crash_while_the_log_was_created_is_finished_by_the_next_start()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Close();
        NeverHadALog(test);
        test.Reopen();

        NeverHadALog(test);
        test.Close();
        File.Delete(test.SlotsPath);
        test.Reopen();

        NeverHadALog(test);
        test.Close();
        File.Delete(test.SlotsPath);
        foreach (var segment in test.Segments.ToList()) File.Delete(segment);
        File.WriteAllBytes(Path.Combine(test.LogPath, "00000000.segment.new"), [1, 2, 3]);
        test.Open();
        test.Write(3, new Random(1));
        test.Close();

        NeverHadALog(test);
        File.Delete(test.SlotsPath);
        Assert.That(test.OpenRefused(), Does.Contain("holds batches"));
    }

    [Test]
    public void A_record_that_does_not_verify_is_never_served_and_stops_the_log()
    {
        using var test = new LogUnderTest();
        test.Open();
        Assert.That(test.TryAppend("right", out var address, out var span), Is.True);
        Assert.That(test.Commit(), Is.True);
        var (path, offset) = Locate(test, address.LogAddress + span.Offset + span.Length - 1);
        Flip(path, offset, 4);
        Assert.That(test.Log.TryReadRecord(address, span, new byte[span.Length]), Is.False);
        Assert.That(test.Failure?.Message, Does.Contain("does not verify").And.Contain("offset"));
        Assert.That(test.TryAppend("more", out _, out _), Is.False);
    }

    private static LogUnderTest Written()
    {
        var test = new LogUnderTest();
        test.Open();
        test.Write(20, new Random(1));
        test.Close();
        return test;
    }

    /// <summary>Where the entry of a durable batch begins and ends in the log.</summary>
    private static (long Start, long End) Append(LogUnderTest test, string text)
    {
        var (address, span) = (default(SectionAddress), default(RecordSpan));
        Assert.That(test.WaitFor(() => test.TryAppend(text, out address, out span)), Is.True);
        Assert.That(test.Commit(), Is.True);
        return (address.LogAddress - LogEntry.HeaderBytes - BatchFrame.Overhead(1), address.LogAddress + span.Length);
    }

    private static (string Path, long Offset) Locate(LogUnderTest test, long address) =>
        (test.Segments.ElementAt((int)(address / LogUnderTest.SegmentBytes)), SegmentHeader.Bytes + (address % LogUnderTest.SegmentBytes));

    /// <summary>The slot with the higher sequence, which stands behind magic, format and zero.</summary>
    private static int NewestSlot(LogUnderTest test)
    {
        var slots = File.ReadAllBytes(test.SlotsPath);
        return BitConverter.ToUInt64(slots, 8) > BitConverter.ToUInt64(slots, SlotDistance + 8) ? 0 : SlotDistance;
    }

    private static void NeverHadALog(LogUnderTest test)
    {
        var path = Path.Combine(test.DataPath, ClusterFile.FileName);
        ClusterFile.Write(path, ClusterFile.Read(path) with { LogCreated = false });
    }

    private static void Flip(string path, long offset, int bits)
    {
        using var file = File.OpenHandle(path);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, offset);
        Change(path, offset, [(byte)(one[0] ^ bits)]);
    }

    /// <summary>The first change since <see cref="Undo"/> keeps the file as it was.</summary>
    private static void Change(string path, long offset, byte[] bytes)
    {
        if (!File.Exists(path + ".kept")) File.Copy(path, path + ".kept");
        using var file = File.OpenHandle(path, access: FileAccess.Write);
        RandomAccess.Write(file, bytes, offset);
    }

    private static void Undo(string path) => File.Move(path + ".kept", path, overwrite: true);
}
