using ChatServer.Bench.Load;
using ChatServer.Bench.Load.Workloads;
using ChatServer.Bench.Reports;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>A workload without its command: what it tells while it runs, and a server that was there before.</summary>
internal sealed class LoadWorkloadTests
{
    [Test]
    public async Task Whoever_watches_is_told_once_a_second_how_the_run_stands()
    {
        using var server = await ServerUnderLoad.StartAsync(null, []);
        var seen = new List<LoadProgress>();
        var report = await new DirectWorkload { Pairs = 3, RampSeconds = 0, Seconds = 3 }.RunAsync(server, seen.Add, static _ => { });
        Assert.That(report.Problems, Is.Empty);
        var direct = seen.Where(progress => progress.Phase == "direct").ToList();
        Assert.That(direct, Is.Not.Empty);
        Assert.That(direct.Select(progress => progress.Seconds), Is.Ordered.And.All.InRange(0.5, report.Seconds));
        Assert.That(direct, Has.Count.LessThanOrEqualTo(1 + (int)direct[^1].Seconds), "more than one a second");
        foreach (var progress in direct)
        {
            Assert.That((progress.TotalSeconds, progress.Errors), Is.EqualTo(((double?)3, 0L)));
            Assert.That(progress.MessagesPerSecond, Is.Positive);
            Assert.That(progress.P99Milliseconds, Is.GreaterThanOrEqualTo(progress.P50Milliseconds ?? double.MaxValue));
            Assert.That(progress.ResidentBytes, Is.Positive);
            Assert.That(LiveProgress.Line(progress), Does.StartWith("direct ").And.Contain("/3 s").And.Contain("errors 0"));
        }
    }

    [Test]
    public async Task A_server_that_runs_already_is_asked_where_its_directory_is_known()
    {
        using var running = await ServerUnderLoad.StartAsync(null, ["--accepts-per-second", "100000"]);
        using var known = ServerUnderLoad.Attach(running.EndPoint, running.ProcessId, running.DataPath);
        var report = await new LoginWorkload { Users = 10, Concurrent = 4, RampSeconds = 0, Seconds = 1 }.RunAsync(known, static _ => { }, static _ => { });
        Assert.That(report.Problems, Is.Empty);
        Assert.That((report.LoginsPerSecond > 0, report.HeapBytes > 0, report.ResidentBytes > 0), Is.EqualTo((true, true, true)));
    }

    [Test]
    public async Task Where_it_is_not_known_users_register_themselves()
    {
        using var running = await ServerUnderLoad.StartAsync(null, []);
        using var unknown = ServerUnderLoad.Attach(running.EndPoint, running.ProcessId, null);
        var report = await new DirectWorkload { Pairs = 2, RampSeconds = 0, Seconds = 1 }.RunAsync(unknown, static _ => { }, static _ => { });
        Assert.That(report.Problems, Is.Empty);
        Assert.That(report.Messages, Is.Positive);
        Assert.That(report.HeapBytes, Is.Null);
    }

    [Test]
    public async Task A_server_that_dies_is_a_problem_and_not_a_wait()
    {
        using var server = await ServerUnderLoad.StartAsync(null, []);
        var killed = false;
        void Kill(LoadProgress progress)
        {
            if (killed || progress.Phase != "direct") return;
            killed = true;
            server.Kill();
        }

        Assert.That(async () => await new DirectWorkload { Pairs = 2, RampSeconds = 0, Seconds = 3 }.RunAsync(server, Kill, static _ => { }), Throws.InstanceOf<IOException>());
        Assert.That(killed, Is.True);
    }
}
