using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Storage;

/// <summary>
/// One script, and a fault at every single write and sync of it. Opening checks the promise: what was acknowledged is there, and
/// what is there is a prefix of what was appended.
/// </summary>
internal sealed class LogFaultTests
{
    private const int ScriptCommits = 8;
    private const int ScriptSeed = 5;

    /// <summary>So late that only closing the log states it.</summary>
    private static readonly TimeSpan LateMark = TimeSpan.FromHours(1);

    [Test]
    public void After_the_first_error_nothing_is_acknowledged_and_reopening_has_all_that_was(
        [Values(FaultyDisk.IoError, FaultyDisk.NoSpace)] int error, [Values] bool hasLateMarks, [Values] bool commitsHere)
    {
        for (var operation = 1; ; operation++)
        {
            using var test = new LogUnderTest(hasLateMarks ? LateMark : TimeSpan.Zero, commitsHere);
            test.Open();
            test.Disk.FailAfter(operation, error);
            test.Write(ScriptCommits, new Random(ScriptSeed));
            if (IsBeyondTheScript(test, operation, hasLateMarks)) return;
            Assert.That((test.Failure as StorageException)?.ErrorNumber, Is.EqualTo(error), $"operation {operation}");
            var durable = test.Log.Durable.BatchNumber;
            test.Log.RequestCommit();
            Assert.That(test.TryAppend("too late", out _, out _), Is.False);
            Exception? told = null;
            test.Log.OnFailure(failure => told = failure);
            Assert.That(told, Is.SameAs(test.Failure), "who asks later is told at once");
            test.Close();
            Assert.That(test.Acknowledged, Is.EqualTo(durable));
            Assert.That(test.Disk.TriedAfterFault, Is.Zero);
            test.Open();
            test.Write(2, new Random(1));
            Assert.That(test.Failure, Is.Null);
            test.Reopen();
        }
    }

    [Test]
    public void A_torn_write_never_harms_an_acknowledged_batch([Values] bool hasLateMarks, [Values] bool commitsHere)
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var patterns = new Func<int, bool>[] { _ => false, _ => true, sector => sector % 2 == 0, sector => sector > 0, _ => random.Next(2) == 0 };
        var tails = 0;
        var isBeyond = false;
        for (var operation = 1; !isBeyond; operation++)
        {
            foreach (var survives in patterns)
            {
                using var test = new LogUnderTest(hasLateMarks ? LateMark : TimeSpan.Zero, commitsHere);
                test.Open();
                test.Disk.Survives = survives;
                test.Disk.CutPowerAfter(operation);
                test.Write(ScriptCommits, new Random(ScriptSeed));
                isBeyond = IsBeyondTheScript(test, operation, hasLateMarks);
                if (isBeyond) break;
                test.Close();
                var (acknowledged, appended) = (test.Acknowledged, (ulong)test.Appended.Count);
                test.Open();
                if (test.Log.Durable.BatchNumber > acknowledged && test.Log.Durable.BatchNumber < appended) tails++;
                test.Write(2, new Random(1));
                Assert.That(test.Failure, Is.Null);
                test.Reopen();
            }
        }

        Assert.That(tails, Is.Positive, "no power cut ever left a part of what was not acknowledged: the script proves too little");
    }

    /// <summary>The committer and another thread take turns; whichever meets the error, the other must not go on behind it.</summary>
    [Test]
    public void The_first_error_is_the_one_that_is_told_whoever_commits_meanwhile()
    {
        for (var operation = 1; operation <= 60; operation++)
        {
            using var test = new LogUnderTest(TimeSpan.FromMilliseconds(1), commitsHere: true);
            test.Open(lazyCommit: TimeSpan.FromMilliseconds(1));
            test.Disk.FailAfter(operation);
            using var asking = new CancellationTokenSource();
            var log = test.Log;
            var other = new Thread(() =>
            {
                while (!asking.IsCancellationRequested) log.RequestCommit();
            });
            other.Start();
            while (test.WaitFor(() => test.TryAppend("something", out _, out _)) && test.WaitFor(() => test.Log.Durable.Covers((ulong)test.Appended.Count)))
            {
                // Until it fails.
            }

            asking.Cancel();
            other.Join();
            Assert.That((test.Failure as StorageException)?.ErrorNumber, Is.EqualTo(FaultyDisk.IoError), $"operation {operation}: {test.Failure}");
            test.Close();
            Assert.That(test.Disk.TriedAfterFault, Is.Zero);
            test.Open();
        }
    }

    [Test]
    public void What_recovery_found_is_written_again_and_synced_before_its_mark()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Append("written, and never synced");
        test.Disk.FailAfter(2);
        Assert.That(test.Commit(), Is.False);
        test.Close();
        test.Open();
        Assert.That(test.Replayed, Has.Count.EqualTo(1), "the system still had it");
        Assert.That(test.Disk.Order, Is.EqualTo(["+00000000.segment", "00000000.segment", "+" + CommitSlots.FileName, CommitSlots.FileName, "+" + CommitSlots.FileName, CommitSlots.FileName]));
    }

    [Test]
    public void An_error_while_recovering_refuses_to_start_and_harms_nothing()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Write(ScriptCommits, new Random(ScriptSeed));
        test.Close();
        for (var operation = 1; ; operation++)
        {
            var disk = new FaultyDisk();
            disk.FailAfter(operation);
            try
            {
                test.Open(disk: disk);
            }
            catch (StorageException)
            {
                test.Reopen();
                test.Close();
                continue;
            }

            Assert.That(operation, Is.GreaterThan(2), "recovery wrote no mark");
            return;
        }
    }

    [Test]
    public void A_full_disk_leaves_room_to_finish_and_the_log_goes_on_when_there_is_space_again()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Disk.LayoutError = FaultyDisk.NoSpace;
        var text = new string('x', 1500);
        var isFull = SpinWait.SpinUntil(
            () =>
            {
                if (test.TryAppend(text, out _, out _)) Assert.That(test.Commit(), Is.True, "there is no room for what was accepted");
                return !test.Log.HasRoom;
            },
            TimeSpan.FromSeconds(30));
        Assert.That(isFull, Is.True);
        while (test.TryAppend(text, out _, out _)) Assert.That(test.Commit(), Is.True);
        Assert.That(test.Failure, Is.Null, "a full disk is no failure as long as nothing accepted is lost");
        test.Disk.LayoutError = 0;
        Assert.That(test.WaitFor(() => test.TryAppend(text, out _, out _)), Is.True);
        Assert.That(test.Log.HasRoom, Is.True);
        Assert.That(test.Commit(), Is.True);
        test.Reopen();
    }

    [Test]
    public void An_error_of_the_device_while_a_segment_is_laid_out_stops_the_log()
    {
        using var test = new LogUnderTest();
        test.Open();
        test.Disk.LayoutError = FaultyDisk.IoError;
        test.Write(100, new Random(ScriptSeed));
        Assert.That((test.Failure as StorageException)?.ErrorNumber, Is.EqualTo(FaultyDisk.IoError));
        test.Reopen();
    }

    /// <summary>How many syncs a script needs differs a little from run to run, as a full page may go with a commit or before it.</summary>
    private static bool IsBeyondTheScript(LogUnderTest test, int operation, bool hasLateMarks)
    {
        if (test.Disk.IsBroken) return false;
        Assert.That(test.Failure, Is.Null);
        Assert.That(operation, Is.GreaterThan((hasLateMarks ? 2 : 4) * ScriptCommits), "a commit is a write and a sync, and as much for its mark");
        return true;
    }
}
