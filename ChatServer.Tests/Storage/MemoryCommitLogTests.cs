using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class MemoryCommitLogTests
{
    [Test]
    public void What_is_not_committed_is_gone_after_a_restart_and_the_rest_is_replayed()
    {
        using var log = new MemoryCommitLog();
        var woken = 0;
        log.OnDurable(() => woken++);
        Append(log, "one");
        Append(log, "two");
        Assert.That(log.Durable.BatchNumber, Is.Zero);
        log.CompleteCommit();
        Append(log, "three");
        Assert.That((log.Durable.BatchNumber, woken, log.LastNumber), Is.EqualTo((2UL, 1, 3UL)));

        var replayed = new List<string>();
        using var next = log.Restart((number, section) =>
        {
            foreach (var record in section) replayed.Add($"{number} {System.Text.Encoding.UTF8.GetString(record.Body)}");
        });
        Assert.That(string.Join(", ", replayed), Is.EqualTo("1 one, 2 two"));
        Assert.That(Append(next, "other").Number, Is.EqualTo(3));
    }

    [Test]
    public void A_record_is_read_back_by_its_address()
    {
        using var log = new MemoryCommitLog();
        Append(log, "one");
        var (_, address, span) = Append(log, "two");
        var record = new byte[span.Length];
        Assert.That(log.TryReadRecord(address, span, record), Is.True);
        Assert.That(record.AsSpan(RecordFrame.HeaderBytes).SequenceEqual("two"u8), Is.True);
    }

    [Test]
    public void A_log_that_is_behind_refuses_and_after_a_failure_acknowledges_nothing()
    {
        using var log = new MemoryCommitLog(capacityBatches: 2);
        Append(log, "one");
        Append(log, "two");
        Assert.That(log.TryAppend([new Section(1)], new SectionAddress[1], out _), Is.False);
        Exception? seen = null;
        log.OnFailure(failure => seen = failure);
        log.Fail(new IOException("disk"));
        log.CompleteCommit();
        Assert.That((seen?.Message, log.Durable.BatchNumber), Is.EqualTo(("disk", 0UL)));
    }

    private static (ulong Number, SectionAddress Address, RecordSpan Span) Append(MemoryCommitLog log, string text)
    {
        var section = new Section(1);
        section.Open(log.LastNumber + 1, 1, 0);
        var span = section.Append(1, 1, System.Text.Encoding.UTF8.GetBytes(text));
        var addresses = new SectionAddress[1];
        Assert.That(log.TryAppend([section], addresses, out var number), Is.True);
        return (number, addresses[0], span);
    }
}
