using ChatServer.Storage;
using NUnit.Framework;

namespace ChatServer.Tests.Faults;

/// <summary>
/// One script of 200 operations on a stored shard, and every fault at every call that the disk is asked for. What has to come out is
/// the same each time: it goes on, or it stops and says nothing more; and a start afterwards has everything that was acknowledged, in
/// its order, and nothing else. Only a disk that lied may be refused instead, at the start or where it is read, with the file named.
/// </summary>
internal sealed class IoFaultTests
{
    private const int Operations = 200;
    private const int RestartEvery = 67;
    private const int KeepUpEvery = 40;
    private const int PayloadBytes = 700;
    private const int AwayUntil = 150;
    private const int Seed = 11;

    private static readonly DiskFault[] Faults = [DiskFault.InputOutput, DiskFault.NoSpace, DiskFault.Short, DiskFault.Lost, DiskFault.Torn];

    /// <summary>
    /// A write that the disk has confirmed and not made is known by the mark only, so that fault is for logs that state it before
    /// each acknowledgement; of all others nothing is lost however late the mark is.
    /// </summary>
    [TestCase(false)]
    [TestCase(true)]
    public void Every_call_with_every_fault_is_fail_stop_or_correct(bool hasLateMarks)
    {
        var stride = FaultCounts.Of("FAULT_STRIDE", 11);
        using var template = Template();
        var calls = Run(template.Data, null, 0, hasLateMarks).Calls;
        Assert.That(calls, Does.Contain(DiskCall.Read).And.Contain(DiskCall.Write).And.Contain(DiskCall.Sync));
        var tally = new FaultTally();
        foreach (var fault in Faults)
        {
            for (var call = (int)fault % stride; call < calls.Count; call += stride)
            {
                if (!CallDisk.Applies(fault, calls[call]) || (hasLateMarks && fault == DiskFault.Lost)) continue;
                try
                {
                    var (outcome, _) = Run(template.Data, fault, call, hasLateMarks);
                    tally.Count($"{fault}", outcome);
                }
                catch (Exception e)
                {
                    throw new AssertionException($"{fault} at call {call} of {calls.Count} ({calls[call]}): {e.Message}", e);
                }
            }
        }

        TestContext.Out.WriteLine($"{Operations} operations, {calls.Count} calls to the disk, every {stride}. of them with each fault that it can have: {tally.Total} runs");
        foreach (var line in tally.Lines()) TestContext.Out.WriteLine(line);
        Assert.That(tally.Total, Is.GreaterThan(calls.Count / stride));
        Assert.That(tally.Of("stopped, then correct"), Is.Positive);
        Assert.That(tally.Of("went on, then correct"), Is.Positive);
    }

    private static (string Outcome, IReadOnlyList<DiskCall> Calls) Run(string template, DiskFault? fault, int call, bool hasLateMarks)
    {
        using var folder = new ScratchFolder();
        ScratchFolder.Copy(template, folder.Data);
        var disk = new CallDisk { HasLateMarks = hasLateMarks };
        if (fault is { } kind) disk.Plan(call, kind, callsUntilPowerEnds: 1 + (call * 7 % 60));
        var script = new ShardScript(Seed, PayloadBytes, AwayUntil);
        var end = Serve(folder.Data, disk, script);
        if (fault is DiskFault.Lost || call % 2 == 1) disk.CutPower();
        script.Disconnected();
        if (fault is not null && !disk.HasFired) end = "not reached";
        var isOpen = false;
        try
        {
            using var shard = StoredShard.Open(folder.Data);
            isOpen = true;
            script.Settle(shard);
        }
        catch (Exception refusal) when (refusal is StorageException or InvalidDataException && fault is DiskFault.Lost)
        {
            // A place behind the checkpoints is verified when somebody reads it.
            Assert.That(refusal.Message, Does.Contain(folder.Data).And.Not.Contain("\n"));
            return (isOpen ? "stopped where it read, file named" : "refused, file named", disk.Calls);
        }

        // What was written after the start is as good as what was before it.
        using var again = StoredShard.Open(folder.Data);
        script.Disconnected();
        script.Settle(again);
        return (end + ", then correct", disk.Calls);
    }

    /// <summary>Until the script is over, the storage has failed, or a start is refused.</summary>
    private static string Serve(string path, CallDisk disk, ShardScript script)
    {
        StoredShard? shard = null;
        try
        {
            for (var operation = 0; operation < Operations; operation++)
            {
                if (shard is not null && operation % RestartEvery == 0)
                {
                    shard.Dispose();
                    shard = null;
                    script.Disconnected();
                }

                shard ??= StoredShard.Open(path, disk);
                if (operation % KeepUpEvery == KeepUpEvery - 1) shard.TryKeepUp();
                script.Step(shard);
                if (shard.Failure is null) continue;
                RequireSilence(shard, script);
                return "stopped";
            }

            return "went on";
        }
        catch (StorageException)
        {
            return "refused a start";
        }
        finally
        {
            shard?.Dispose();
        }
    }

    private static void RequireSilence(StoredShard shard, ShardScript script)
    {
        var (durable, acknowledged) = (shard.DurableBatch, script.Acknowledged);
        for (var i = 0; i < 3; i++) script.Step(shard);
        Assert.That((shard.DurableBatch, script.Acknowledged), Is.EqualTo((durable, acknowledged)), "something was acknowledged after the failure");
    }

    private static ScratchFolder Template()
    {
        var folder = new ScratchFolder();
        StoredShard.Open(folder.Data).Dispose();
        return folder;
    }
}
