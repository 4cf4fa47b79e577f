using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

internal sealed class FasterCommitLogTests
{
    [Test]
    public void What_was_committed_is_replayed_after_reopening_and_the_log_goes_on()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Append("one");
        test.Append("two");
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Is.EqualTo(["one", "two"]));
        test.Append("three");
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Is.EqualTo(["one", "two", "three"]));
    }

    [Test]
    public void A_log_over_several_segments_is_replayed_after_each_reopening()
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var test = new LogUnderTest();
        test.Open();
        for (var round = 0; round < 8; round++)
        {
            test.Write(10, random);
            Assert.That(test.Failure, Is.Null);
            var appended = test.Appended;
            test.Reopen();
            Assert.That(test.Replayed, Is.EqualTo(appended));
        }

        Assert.That(test.Log.LogBytes, Is.GreaterThan(3 * LogUnderTest.SegmentBytes));
    }

    [Test]
    public void A_durable_record_is_read_back_by_its_address_before_and_after_reopening()
    {
        using var test = new LogUnderTest();
        test.Open();
        var places = new List<(SectionAddress Address, RecordSpan Span)>();
        for (var i = 0; i < 40; i++)
        {
            Assert.That(test.WaitFor(() => TryAppend()), Is.True);

            bool TryAppend()
            {
                if (!test.TryAppend(Text(i), out var address, out var span)) return false;
                places.Add((address, span));
                return true;
            }
        }

        Assert.That(test.Commit(), Is.True);
        RequireAll();
        test.Reopen();
        RequireAll();

        void RequireAll()
        {
            for (var i = 0; i < places.Count; i++)
            {
                var record = new byte[places[i].Span.Length];
                Assert.That(test.Log.TryReadRecord(places[i].Address, places[i].Span, record), Is.True);
                Assert.That(Encoding.UTF8.GetString(record.AsSpan(RecordFrame.HeaderBytes)), Is.EqualTo(Text(i)));
            }
        }

        static string Text(int i) => new((char)('a' + (i % 26)), 1 + (i * 31));
    }

    [Test]
    public void What_nobody_asks_for_is_committed_by_itself()
    {
        using var test = new LogUnderTest();
        test.Open(lazyCommit: TimeSpan.FromMilliseconds(1));
        for (var i = 1UL; i <= 3; i++)
        {
            test.Append("quiet");
            var number = i;
            Assert.That(test.WaitFor(() => test.Log.Durable.Covers(number)), Is.True);
        }
    }

    [Test]
    public void A_committer_that_sleeps_is_woken_by_what_nobody_asks_for()
    {
        using var test = new LogUnderTest();
        test.Open(lazyCommit: TimeSpan.FromMilliseconds(1));
        for (var i = 1UL; i <= 50; i++)
        {
            // In some of these rounds it is just going to sleep.
            var until = Stopwatch.GetTimestamp() + ((long)i * Stopwatch.Frequency / 10_000);
            while (Stopwatch.GetTimestamp() < until) Thread.SpinWait(10);
            test.Append("quiet");
            var number = i;
            Assert.That(test.WaitFor(() => test.Log.Durable.Covers(number)), Is.True);
        }
    }

    [Test]
    public void Whoever_asks_for_a_short_commit_performs_it() =>
        Assert.That(ThreadsThatCommit(commitsHere: true), Has.Some.SameAs(Thread.CurrentThread), "not always: the committer may be looking just then whether a mark is due");

    [Test]
    public void Where_that_is_not_wanted_the_committer_does_it_all() =>
        Assert.That(ThreadsThatCommit(commitsHere: false), Is.Not.Empty.And.None.SameAs(Thread.CurrentThread));

    [Test]
    public void Closing_commits_what_nobody_asked_for()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Append("quiet");
        test.Reopen();
        Assert.That(test.Replayed, Is.EqualTo(["quiet"]));
    }

    [Test]
    public void A_log_that_is_behind_refuses_and_takes_more_after_the_next_commit()
    {
        using var test = new LogUnderTest();
        test.Open();
        var refusals = 0;
        for (var i = 0; i < 200; i++)
        {
            var text = new string('x', 1200);
            if (test.TryAppend(text, out _, out _)) continue;
            refusals++;
            Assert.That(test.WaitFor(() => test.TryAppend(text, out _, out _)), Is.True);
        }

        Assert.That(refusals, Is.Positive, "16 KiB of memory took 240 KB");
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Has.Count.EqualTo(200));
    }

    [Test]
    public void A_batch_as_large_as_is_allowed_fits_on_any_page()
    {
        using var test = new LogUnderTest();
        test.Open();
        for (var i = 0; i < 6; i++)
        {
            Assert.That(test.WaitFor(() => test.TryAppend(new string('m', test.Log.MaxBatchBytes - RecordFrame.HeaderBytes), out _, out _)), Is.True);
            Assert.That(test.WaitFor(() => test.TryAppend("s", out _, out _)), Is.True);
        }

        Assert.That(test.Commit(), Is.True);
        test.Reopen();
        Assert.That(test.Replayed, Has.Count.EqualTo(12));
    }

    [Test]
    public void No_commit_writes_a_sector_again_that_holds_acknowledged_bytes()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Write(40, new Random(1));
        var first = test.Disk;
        test.Reopen();
        test.Write(20, new Random(2));
        foreach (var file in first.Writes.Concat(test.Disk.Writes).Where(write => write.File != CommitSlots.FileName).GroupBy(write => write.File))
        {
            long end = 0;
            foreach (var (_, offset, length) in file)
            {
                Assert.That(offset, Is.GreaterThanOrEqualTo(end), $"{file.Key} is written again at {offset}");
                Assert.That((offset % 512, length % 512), Is.EqualTo((0L, 0)));
                end = offset + length;
            }
        }
    }

    [TestCase(0)]
    [TestCase(300)]
    [TestCase(int.MaxValue)]
    public void Appends_from_several_threads_form_one_chain(int shortCommitBytes)
    {
        const int Threads = 4;
        const int Batches = 100;
        using var root = new LogUnderTest();
        using var directory = DataDirectory.Open(root.DataPath, Threads);
        var options = new CommitLogOptions
        {
            PageBytes = 4096, MemoryBytes = 1 << 14, SegmentBytes = 1 << 16, ShortCommitBytes = shortCommitBytes, ShortCommitTime = TimeSpan.MaxValue,
        };
        var wakes = Enumerable.Range(0, Threads).Select(_ => new AutoResetEvent(false)).ToList();
        using (var log = FasterCommitLog.Open(directory, options, LogStart.Beginning, (_, _) => Assert.Fail("an empty log replays")))
        {
            foreach (var wake in wakes) log.OnDurable(() => wake.Set());
            var threads = wakes.Select((wake, id) => new Thread(() => Fill(log, id, wake))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        wakes.ForEach(wake => wake.Dispose());
        var next = new ulong[Threads];
        using var again = FasterCommitLog.Open(directory, options, LogStart.Beginning, (_, section) => Assert.That(section.Number, Is.EqualTo(++next[section.Partition])));
        Assert.That(next, Is.All.EqualTo((ulong)Batches));

        static void Fill(FasterCommitLog log, int partition, AutoResetEvent woken)
        {
            var section = new Section(partition);
            for (var number = 1UL; number <= Batches; number++)
            {
                section.Open(number, 1, 0);
                section.Append(1, 1, new byte[100 * (partition + 1)]);
                ulong batch;
                while (!log.TryAppend([section], new SectionAddress[1], out batch)) woken.WaitOne();
                log.RequestCommit();
                if (number % 10 != 0) continue;
                while (!log.Durable.Covers(batch)) woken.WaitOne();
            }
        }
    }

    [Test]
    public void The_files_of_other_platforms_hold_a_log_as_well()
    {
        using var root = new LogUnderTest();
        using var directory = DataDirectory.Open(root.DataPath, 4);
        var options = new CommitLogOptions
        {
            PageBytes = 4096, MemoryBytes = 1 << 14, SegmentBytes = 1 << 14, OpenFile = (path, create) => new PortableBlockFile(path, create),
        };
        using (var log = FasterCommitLog.Open(directory, options, LogStart.Beginning, (_, _) => { }))
        {
            var section = new Section(1);
            section.Open(1, 1, 0);
            section.Append(1, 1, "one"u8);
            Assert.That(log.TryAppend([section], new SectionAddress[1], out _), Is.True);
        }

        var replayed = 0;
        using var again = FasterCommitLog.Open(directory, options, LogStart.Beginning, (_, _) => replayed++);
        Assert.That(replayed, Is.EqualTo(1));
    }

    /// <summary>Of twenty commits that this thread asks for; all that was appended is replayed after.</summary>
    private static ConcurrentBag<Thread> ThreadsThatCommit(bool commitsHere)
    {
        const int Commits = 20;
        using var test = new LogUnderTest(commitsHere: commitsHere);
        test.Open();
        var threads = new ConcurrentBag<Thread>();
        test.Log.OnDurable(() => threads.Add(Thread.CurrentThread));
        for (var i = 0; i < Commits; i++)
        {
            test.Append("short");
            Assert.That(test.Commit(), Is.True);
        }

        test.Reopen();
        Assert.That(test.Replayed, Has.Count.EqualTo(Commits));
        return threads;
    }
}
