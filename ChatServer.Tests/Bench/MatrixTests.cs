using ChatServer.Bench.Load;
using ChatServer.Bench.Reports;
using ChatServer.Bench.Reports.Matrix;
using ChatServer.Tests.Acceptance;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary><c>matrix</c>: what is run, which run counts, and what is said of the goals.</summary>
internal sealed class MatrixTests
{
    private static readonly MatrixRow Row = new("one", "the first", ["direct", "--pairs", "2"], [new MatrixGoal("serverCpuSecondsPerMillion", 4), new MatrixGoal("messagesPerSecond", 250_000)]);

    [TestCase("serverCpuSecondsPerMillion", 12.0, 9.0, true, "reached, 1.33 times better")]
    [TestCase("serverCpuSecondsPerMillion", 12.0, 12.0, true, "reached, 1.00 times better")]
    [TestCase("serverCpuSecondsPerMillion", 12.0, 18.0, false, "**missed by a factor of 1.50**")]
    [TestCase("messagesPerSecond", 250_000.0, 500_000.0, true, "reached, 2.00 times better")]
    [TestCase("messagesPerSecond", 250_000.0, 100_000.0, false, "**missed by a factor of 2.50**")]
    [TestCase("messagesPerSecond", 250_000.0, 0.0, false, "**missed**")]
    [TestCase("lost", 0.0, 0.0, true, "reached")]
    [TestCase("lost", 0.0, 1.0, false, "**missed**")]
    [TestCase("allocatedBytesPerMessage", 0.0, 0.4, true, "reached")]
    [TestCase("allocatedBytesPerMessage", 0.0, 35.0, false, "**missed**")]
    [TestCase("lost", 0.0, null, false, "not measured")]
    public void A_goal_is_reached_or_missed_by_a_factor(string key, double bound, double? measured, bool isReached, string text)
    {
        var outcome = new GoalOutcome(new MatrixGoal(key, bound), measured);
        Assert.That(outcome.IsReached, Is.EqualTo(isReached));
        Assert.That(outcome.Text, Is.EqualTo(text));
    }

    [Test]
    public void The_table_is_one_that_can_be_run()
    {
        Assert.That(MatrixRows.All.Select(row => row.Name), Is.Unique.And.All.Matches("^[A-Za-z0-9-]+$"));
        Assert.That(MatrixRows.All.SelectMany(row => row.Goals).Where(goal => goal.Figure.Better == Better.Neither), Is.Empty, "a goal has a direction");
        Assert.That(MatrixRows.All.Select(row => row.Curve).Where(curve => curve.Length > 0).Distinct(), Is.EquivalentTo(CurvePlots.Keys.Select(figure => figure.Key)));
        Assert.That(MatrixRows.All.Where(row => row.Curve.Length > 0).CountBy(row => row.Curve).Select(curve => curve.Value), Has.All.GreaterThanOrEqualTo(3));
    }

    [Test]
    public void Each_line_of_the_table_is_one_that_load_takes([ValueSource(typeof(MatrixRows), nameof(MatrixRows.All))] MatrixRow row)
    {
        var load = LoadCommands.Create();
        foreach (var seconds in (int?[])[null, 7])
        {
            var parsed = load.Parse(row.Line(seconds));
            Assert.That(parsed.Errors.Select(error => error.Message), Is.Empty);
            Assert.That(parsed.CommandResult.Command.Name, Is.EqualTo(row.Arguments[0]));
        }
    }

    [Test]
    public void A_word_with_spaces_is_one_word_when_it_is_typed() =>
        Assert.That((Row with { Arguments = ["direct", "--server-args", "--loops 2"] }).Command(null), Is.EqualTo("load direct --server-args \"--loops 2\""));

    [Test]
    public async Task Each_row_is_run_as_often_as_asked_and_kept_with_the_line_that_made_it()
    {
        using var path = new DataPath();
        List<string> lines = [];
        var point = Row with { Name = "two", Curve = "users", TakesSeconds = false };
        var isClean = await Run(path, new MatrixOptions { Directory = path.File("out"), Rows = [Row, point], Seconds = 7, Repeat = 2 }, (arguments, _) =>
        {
            lines.Add(string.Join(' ', arguments.SkipLast(1)));
            return ReportJson.Direct;
        });
        Assert.That(isClean, Is.True);
        Assert.That(lines, Is.EqualTo(new[] { "direct --pairs 2 --seconds 7 --json", "direct --pairs 2 --seconds 7 --json", "direct --pairs 2 --json", "direct --pairs 2 --json" }));
        var results = MatrixRunner.Read(path.File("out"), [Row, point]);
        Assert.That(results.Select(result => result.Reports.Count), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(results[0].Chosen?.Command, Is.EqualTo("load direct --pairs 2 --seconds 7"));
        Assert.That(results[1].Reports.Select(report => (report.Name, report.Curve)), Has.All.EqualTo(("two", "users")));
    }

    [Test]
    public async Task Of_several_runs_the_one_in_the_middle_counts_and_a_red_one_is_not_hidden()
    {
        using var path = new DataPath();
        var costs = new Queue<double>([9, 3, 5]);
        var isClean = await Run(path, new MatrixOptions { Directory = path.File("out"), Rows = [Row], Repeat = 3 }, (_, number) =>
            ReportJson.With(ReportJson.Direct, ("serverCpuSecondsPerMillion", costs.Dequeue()), ("lost", number == 1 ? 4 : 0)));
        Assert.That(isClean, Is.False);
        var result = MatrixRunner.Read(path.File("out"), [Row]).Single();
        Assert.That(result.Chosen?.Value("serverCpuSecondsPerMillion"), Is.EqualTo(5));
        Assert.That(result.Red, Has.Count.EqualTo(1));
        var text = ResultsDocument.Write([result], PeerResults.None);
        Assert.That(text, Does.Contain("**Red: one**: 4 lost").And.Contain("| one | **red** |"));
    }

    [Test]
    public async Task What_an_earlier_run_left_of_a_row_is_gone_and_of_others_stays()
    {
        using var path = new DataPath();
        var other = Row with { Name = "two" };
        var options = new MatrixOptions { Directory = path.File("out"), Rows = [Row, other], Repeat = 3 };
        await Run(path, options, (_, _) => ReportJson.Direct);
        await Run(path, options with { Rows = [Row], Repeat = 1 }, (_, _) => ReportJson.Direct);
        Assert.That(MatrixRunner.Read(path.File("out"), [Row, other]).Select(result => result.Reports.Count), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public async Task A_row_without_a_report_fails_and_the_others_are_run()
    {
        using var path = new DataPath();
        var isClean = await Run(path, new MatrixOptions { Directory = path.File("out"), Rows = [Row, Row with { Name = "two" }] }, (_, number) => number == 0 ? null : ReportJson.Direct);
        Assert.That(isClean, Is.False);
        var results = MatrixRunner.Read(path.File("out"), [Row, Row with { Name = "two" }]);
        Assert.That(results.Select(result => result.Chosen is null), Is.EqualTo(new[] { true, false }));
        Assert.That(ResultsDocument.Write(results, PeerResults.None), Does.Contain("| one | server CPU | – | ≤ 4.00 CPU s/M | not measured |"));
    }

    [Test]
    public void The_document_has_goals_curves_and_command_lines()
    {
        MatrixResult[] results =
        [
            new(Row, [ReportJson.Read(ReportJson.With(ReportJson.Direct, ("command", "load direct --pairs 2")), "one")]),
            Curve("few", 1_000, 4),
            Curve("many", 1_000_000, 5),
        ];
        var text = ResultsDocument.Write(results, PeerResults.None);
        Assert.That(text, Does.Contain("| machine | Linux, 2 cores |").And.Contain("| commit | abc1234 |").And.Contain("| date | 2026-11-24 20:00 UTC |"));
        Assert.That(text, Does.Contain("| one | server CPU | 5.00 CPU s/M | ≤ 4.00 CPU s/M | **missed by a factor of 1.25** |"));
        Assert.That(text, Does.Contain("| one | messages | 200,000 /s | ≥ 250,000 /s | **missed by a factor of 1.25** |"));
        Assert.That(text, Does.Contain("0 of 2 reached"));
        Assert.That(text, Does.Contain("| few | 1,000 | 4.00 | 200,000 | 1.00 |").And.Contain("| many | 1,000,000 | 5.00 | 200,000 | 1.25 |"));
        Assert.That(text, Does.Contain("| one | the first | 1 | `load direct --pairs 2` |"));
    }

    [Test]
    public void Peers_stand_beside_the_row_that_does_the_same()
    {
        using var path = new DataPath();
        File.WriteAllText(path.File("W1-other.json"), """{ "workload": "W1", "driver": "other", "durability": "a | b", "rows": [{ "case": "P=50 K=16", "srvCpuSPerM": 12.5, "msgPerS": 54321 }] }""");
        var text = ResultsDocument.Write([new MatrixResult(Row, [ReportJson.Read(ReportJson.Direct, "one")])], PeerResults.Read(Path.GetDirectoryName(path.File("x"))));
        Assert.That(text, Does.Contain("## the first: beside other servers").And.Contain("| **ChatServer** | 5.00 | 200,000 |").And.Contain("| other | 12.5 | 54,321 | a \\| b |"));
    }

    [Test]
    public async Task A_real_run_ends_as_document_page_and_report()
    {
        using var path = new DataPath();
        var exitCode = await ChatServer.Bench.Program.Main(["matrix", "--only", "direct-50x1", "--seconds", "1", "--out", path.File("out"), "--results", path.File("RESULTS.md")]);
        Assert.That(exitCode, Is.Zero);
        var report = RunReport.Read(Path.Combine(path.File("out"), "direct-50x1.1.json"));
        Assert.That(report.Value("acknowledged"), Is.Positive);
        var measured = report.Values["serverCpuSecondsPerMillion"];
        Assert.That(await File.ReadAllTextAsync(path.File("RESULTS.md")), Does.Contain($"| direct-50x1 | server CPU | {FigureText.Number(measured)} CPU s/M | ≤ 12.0 CPU s/M |"));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(path.File("out"), "report.html")), Does.Contain("How long messages took"));
        Assert.That(await ChatServer.Bench.Program.Main(["matrix", "--repeat", "0", "--out", path.File("out"), "--results", path.File("AGAIN.md")]), Is.Zero);
        Assert.That(await File.ReadAllTextAsync(path.File("AGAIN.md")), Is.EqualTo(await File.ReadAllTextAsync(path.File("RESULTS.md"))), "written up again without a run");
    }

    [TestCase("--only", "nothing")]
    [TestCase("--only", ",")]
    [TestCase("--seconds", "0")]
    [TestCase("--repeat", "-1")]
    [TestCase("--repeat", "0", "--out", "no-such-directory")]
    [TestCase("--peers", "no-such-directory")]
    public async Task A_bad_option_is_exit_code_2(params string[] arguments) =>
        Assert.That(await ChatServer.Bench.Program.Main(["matrix", .. arguments]), Is.EqualTo(2));

    private static MatrixResult Curve(string name, double users, double cpu) =>
        new(new MatrixRow(name, name, ["direct"], []) { Curve = "users" }, [ReportJson.Point("users", users, cpu)]);

    /// <summary>In place of a load a text, by arguments and number; null: it ends without a report.</summary>
    private static async Task<bool> Run(DataPath path, MatrixOptions options, Func<IReadOnlyList<string>, int, string?> report)
    {
        Assert.That(options.Directory, Is.EqualTo(path.File("out")));
        var number = 0;
        using var progress = new StringWriter();
        return await new MatrixRunner(options, async (arguments, stop) =>
        {
            if (report(arguments, number++) is not { } json) return 1;
            await File.WriteAllTextAsync(arguments[^1], json, stop);
            return RunReport.Parse("", json).IsClean ? 0 : 1;
        }, progress).RunAsync(CancellationToken.None);
    }
}
