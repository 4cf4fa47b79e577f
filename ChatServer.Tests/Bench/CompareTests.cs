using ChatServer.Bench.Reports;
using ChatServer.Tests.Acceptance;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary><c>compare</c>: figures, ratios, what is better, and when it refuses.</summary>
internal sealed class CompareTests
{
    [TestCase("serverCpuSecondsPerMillion", 5.0, 4.0, 0.8, Change.Better)]
    [TestCase("serverCpuSecondsPerMillion", 5.0, 6.0, 1.2, Change.Worse)]
    [TestCase("serverCpuSecondsPerMillion", 5.0, 5.05, 1.01, Change.Same)]
    [TestCase("messagesPerSecond", 200.0, 400.0, 2.0, Change.Better)]
    [TestCase("messagesPerSecond", 200.0, 100.0, 0.5, Change.Worse)]
    [TestCase("messages", 200.0, 100.0, 0.5, Change.None)]
    [TestCase("lost", 0.0, 1.0, null, Change.Worse)]
    [TestCase("lost", 0.0, 0.0, null, Change.Same)]
    [TestCase("somethingNew", 2.0, 1.0, 0.5, Change.None)]
    public void A_figure_is_judged_by_what_is_better_for_it(string key, double before, double after, double? ratio, Change change)
    {
        var comparison = new Comparison(ReportJson.Read(ReportJson.With(ReportJson.Direct, (key, before))), ReportJson.Read(ReportJson.With(ReportJson.Direct, (key, after))));
        var figure = comparison.Figures.Single(one => one.Figure.Key == key);
        Assert.That(figure.Ratio, ratio is null ? Is.Null : Is.EqualTo(ratio).Within(1e-9));
        Assert.That(figure.Change, Is.EqualTo(change));
    }

    [Test]
    public void Every_figure_that_both_have_is_there_and_no_other()
    {
        var before = ReportJson.Read(ReportJson.With(ReportJson.Direct, ("loginsPerSecond", 5)));
        var after = ReportJson.Read(ReportJson.With(ReportJson.Direct, ("logBytes", 5), ("sent", null)));
        var keys = new Comparison(before, after).Figures.Select(figure => figure.Figure.Key).ToList();
        Assert.That(keys, Is.EquivalentTo(before.Values.Keys.Except(["loginsPerSecond", "sent"])));
        Assert.That(keys, Does.Contain("latencyMilliseconds.p99"));
        Assert.That(keys[0], Is.EqualTo("serverCpuSecondsPerMillion"), "what counts comes first");
    }

    [Test]
    public async Task A_red_run_is_exit_code_1_and_a_clean_one_0()
    {
        using var path = new DataPath();
        Assert.That((await Compare(path, ReportJson.Direct, ReportJson.Direct)).Code, Is.Zero);
        Assert.That((await Compare(path, ReportJson.Direct, ReportJson.With(ReportJson.Direct, ("lost", 3)))).Code, Is.EqualTo(1));
        Assert.That((await Compare(path, ReportJson.Direct, ReportJson.With(ReportJson.Direct, ("unaccounted", -1)))).Code, Is.EqualTo(1));
        var (code, _, error) = await Compare(path, ReportJson.Direct, ReportJson.With(ReportJson.Direct, ("problems", (string[])["not everything arrived"])));
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("not everything arrived"));
        Assert.That((await Compare(path, ReportJson.With(ReportJson.Direct, ("lost", 3)), ReportJson.Direct)).Code, Is.Zero, "a run that was red before is what was to be mended");
    }

    [Test]
    public async Task Different_loads_are_refused_unless_it_is_forced()
    {
        using var path = new DataPath();
        foreach (var key in (string[])["workload", "configuration"])
        {
            var other = ReportJson.With(ReportJson.Direct, (key, "another"));
            var refused = await Compare(path, ReportJson.Direct, other);
            Assert.That(refused.Code, Is.EqualTo(2), key);
            Assert.That(refused.Output, Is.Empty, key);
            Assert.That(refused.Error, Does.Contain("another"), key);
            var forced = await Compare(path, ReportJson.Direct, other, "--force");
            Assert.That(forced.Code, Is.Zero, key);
            Assert.That(forced.Output, Does.Contain("server CPU"), key);
        }
    }

    [Test]
    public async Task What_is_no_report_is_exit_code_2()
    {
        using var path = new DataPath();
        foreach (var text in (string[])["", "[]", "{}", "no json"]) Assert.That((await Compare(path, ReportJson.Direct, text)).Code, Is.EqualTo(2), text);
        Assert.That(await ChatServer.Bench.Program.Main(["compare", path.File("nothing.json"), path.File("nothing.json")]), Is.EqualTo(2));
    }

    [Test]
    public void Elsewhere_than_on_a_terminal_the_table_is_plain_text()
    {
        using var output = new StringWriter();
        ComparisonTable.Write(new Comparison(ReportJson.Read(ReportJson.Direct), ReportJson.Read(ReportJson.With(ReportJson.Direct, ("serverCpuSecondsPerMillion", 4)))), output, isTerminal: false);
        Assert.That(output.ToString(), Has.All.Matches<char>(letter => letter is >= ' ' and <= '~' or '\n' or '\r'));
        Assert.That(output.ToString(), Does.Match(@"server CPU \(CPU s/M\) +5\.00 +4\.00 +0\.800  better"));
    }

    [Test]
    public void On_a_terminal_the_table_says_the_same()
    {
        using var output = new StringWriter();
        ComparisonTable.Write(new Comparison(ReportJson.Read(ReportJson.Direct), ReportJson.Read(ReportJson.With(ReportJson.Direct, ("serverCpuSecondsPerMillion", 4), ("new[red]", 1)))), output, isTerminal: true);
        Assert.That(output.ToString(), Does.Contain("server CPU").And.Contain("0.800").And.Contain("better"));
    }

    [TestCase(0.0, "0")]
    [TestCase(0.01234, "0.0123")]
    [TestCase(0.1234, "0.123")]
    [TestCase(1.234, "1.23")]
    [TestCase(9.999, "10.0")]
    [TestCase(12.34, "12.3")]
    [TestCase(99.99, "100")]
    [TestCase(1234.4, "1,234")]
    public void Numbers_have_three_digits_that_count(double value, string text) => Assert.That(FigureText.Number(value), Is.EqualTo(text));

    [TestCase(100.0, "100 B")]
    [TestCase(1536.0, "1.50 KiB")]
    [TestCase(104857600.0, "100 MiB")]
    public void Bytes_are_written_in_the_unit_that_fits(double value, string text) => Assert.That(FigureText.Of(value, FigureUnit.Bytes), Is.EqualTo(text));

    private static async Task<(int Code, string Output, string Error)> Compare(DataPath path, string before, string after, params string[] options)
    {
        var (a, b) = (path.File("a.json"), path.File("b.json"));
        await File.WriteAllTextAsync(a, before);
        await File.WriteAllTextAsync(b, after);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CompareCommand.Create().Parse([a, b, .. options]).InvokeAsync(new() { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
