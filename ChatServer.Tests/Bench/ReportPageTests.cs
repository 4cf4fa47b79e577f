using System.Text.Json;
using System.Xml.Linq;
using ChatServer.Bench.Reports;
using ChatServer.Tests.Acceptance;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary><c>report</c>: the page has what the reports have, nothing from elsewhere, and nothing that a report could bring to life.</summary>
internal sealed class ReportPageTests
{
    private const string Evil = "<script>alert(1)</script> & \"quoted\"";

    [Test]
    public void A_run_with_every_list_has_every_plot()
    {
        var page = Page(ReportJson.Read(ReportJson.And(ReportJson.Direct, ReportJson.Lists)));
        Assert.That(Titles(page), Is.EqualTo(new[]
        {
            "How long messages took", "Messages a second", "Latency in each second", "Processors in use", "Memory of the server", "Memory over connections", "Disk and memory over messages",
        }));
        Assert.That(page.Descendants("figure").All(figure => figure.Element("svg") is not null && figure.Element("figcaption")?.Value.Length > 20), Is.True, "each is drawn and explained");
        Assert.That(Text(page), Does.Contain("resident 500 B a connection").And.Contain("managed 200 B a connection"), "the slope");
    }

    [Test]
    public void A_run_without_lists_has_the_few_percentiles_that_it_knows()
    {
        var page = Page(ReportJson.Read(ReportJson.Direct));
        Assert.That(Titles(page), Is.EqualTo(new[] { "How long messages took" }));
        Assert.That(page.Descendants("circle").Count(), Is.EqualTo(8), "p50, p90, p99 and p99.9 of two");
    }

    [Test]
    public void What_is_not_there_is_left_out()
    {
        var page = Page(ReportJson.Read("""{ "workload": "idle" }"""));
        Assert.That(page.Descendants("figure"), Is.Empty);
        Assert.That(Text(page), Does.Contain("No problems"));
    }

    [Test]
    public void Figures_of_the_wrong_kind_are_passed_over()
    {
        var report = ReportJson.Read("""{ "workload": "direct", "messagesPerSecond": "many", "lost": null, "series": [1, { "second": "x" }, { "second": 1 }], "problems": "none", "latencyMilliseconds": 3 }""");
        Assert.That(report.Values.Keys, Is.EqualTo(new[] { "latencyMilliseconds" }));
        Assert.That(Titles(Page(report)), Is.Empty);
    }

    [Test]
    public void The_headline_figures_come_first_and_are_right()
    {
        var cards = Page(ReportJson.Read(ReportJson.Direct)).Descendants("div").Where(element => (string?)element.Attribute("class") == "card").Select(card => card.Value).ToList();
        Assert.That(cards.Take(4), Is.EqualTo(new[] { "200,000 /smessages", "5.00 CPU s/Mserver CPU", "1.00 msend to end, p50", "4.00 msend to end, p99" }));
    }

    [Test]
    public void A_clean_run_says_so_with_its_counts() =>
        Assert.That(Text(Page(ReportJson.Read(ReportJson.Direct))), Does.Contain("Nothing was lost, duplicated or reordered (1,100 sent, 1,100 acknowledged, 1,100 received)"));

    [Test]
    public void A_red_run_says_why()
    {
        var page = Page(ReportJson.Read(ReportJson.With(ReportJson.Direct, ("lost", 2), ("problems", (string[])["user 3 lost message 7"]))));
        Assert.That(Text(page), Does.Contain("2 lost").And.Contain("user 3 lost message 7").And.Not.Contain("Nothing was"));
        Assert.That(page.Descendants("p").Where(element => (string?)element.Attribute("class") == "verdict bad"), Is.Not.Empty);
        Assert.That(page.Descendants("p").Where(element => (string?)element.Attribute("class") == "verdict good"), Is.Empty);
    }

    [Test]
    public void One_red_run_among_many_is_named_at_the_top()
    {
        var page = Page(ReportJson.Read(ReportJson.Direct, "first"), ReportJson.Read(ReportJson.With(ReportJson.Direct, ("reordered", 5)), "second"));
        Assert.That(page.Descendants("header").Single().Value, Does.Contain("1 of 2 runs is red: second: 5 reordered"));
        Assert.That(page.Descendants("tbody").First().Elements("tr").Select(row => row.Elements("td").ElementAt(1).Value), Is.EqualTo(new[] { "clean", "red" }));
    }

    [Test]
    public void Machine_commit_date_and_command_are_told()
    {
        var page = Page(ReportJson.Read(ReportJson.With(ReportJson.Direct, ("command", "load direct --seconds 30"))));
        Assert.That(Text(page), Does.Contain("Linux, 2 cores").And.Contain("abc1234").And.Contain("2026-11-24 20:00 UTC").And.Contain("load direct --seconds 30").And.Contain("chatserver serve --data data"));
    }

    [TestCase("connections", "Cost of a message over connections")]
    [TestCase("users", "Cost of a message over registered users")]
    [TestCase("logBytes", "Cost of a message over log on disk")]
    public void Several_runs_that_differ_in_one_thing_make_a_curve(string key, string title)
    {
        RunReport[] runs = [ReportJson.Point(key, 100_000, 5), ReportJson.Point(key, 1_000, 4), ReportJson.Read(ReportJson.With(ReportJson.Direct, (key, 7)))];
        Assert.That(Titles(Page(runs)), Does.Contain(title));
        Assert.That(CurvePlots.Of(runs).Single().Series.Single().Points, Is.EqualTo(new[] { (1_000.0, 4.0), (100_000.0, 5.0) }), "of what was made for the curve, in order");
    }

    [Test]
    public void One_point_is_no_curve() => Assert.That(CurvePlots.Of([ReportJson.Point("users", 10, 5), ReportJson.Point("users", 10, 6)]), Is.Empty);

    [Test]
    public void The_page_needs_nothing_from_elsewhere()
    {
        var text = ReportPage.Write([ReportJson.Read(ReportJson.And(ReportJson.Direct, ReportJson.Lists), "a"), ReportJson.Read(ReportJson.Direct, "b")], PeerResults.None);
        Assert.That(text, Does.Not.Contain("http").And.Not.Contain("url(").And.Not.Contain("@import"));
        var page = Parse(text);
        Assert.That(page.Descendants().Where(element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object"), Is.Empty);
        Assert.That(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" || (attribute.Name.LocalName == "href" && !attribute.Value.StartsWith('#'))), Is.Empty);
        Assert.That(page.Descendants().Attributes("href").Select(link => link.Value[1..]), Is.SubsetOf(page.Descendants().Attributes("id").Select(id => id.Value)), "links lead somewhere");
    }

    [Test]
    public void What_a_report_says_stays_text()
    {
        var report = ReportJson.Read(ReportJson.With(ReportJson.Direct, ("workload", Evil), ("configuration", Evil), ("machine", Evil), ("server", Evil), ("commit", Evil), ("startedAt", Evil), ("command", Evil), ("row", Evil), ("problems", (string[])[Evil]), (Evil, 5)));
        var page = Page(report, report);
        Assert.That(page.Descendants("script"), Is.Empty);
        Assert.That(page.Descendants("li").First().Value, Is.EqualTo(Evil));
    }

    [Test]
    public void Every_class_that_draws_something_is_in_the_style_sheet()
    {
        var page = Page(ReportJson.Read(ReportJson.And(ReportJson.Direct, ReportJson.Lists)));
        var used = page.Descendants("svg").Descendants().Attributes("class").SelectMany(name => name.Value.Split(' ')).Distinct().Where(name => name != "tick");
        Assert.That(used.Where(name => !ReportStyle.Text.Contains($".{name} ", StringComparison.Ordinal) && !ReportStyle.Text.Contains($".{name},", StringComparison.Ordinal)), Is.Empty);
        Assert.That(ReportStyle.Text, Does.Not.Contain('<').And.Not.Contain('>').And.Not.Contain('&'), "a browser would see the escape");
    }

    [Test]
    public async Task The_command_writes_the_page()
    {
        using var path = new DataPath();
        await File.WriteAllTextAsync(path.File("a.json"), ReportJson.Direct);
        Assert.That(await ChatServer.Bench.Program.Main(["report", path.File("a.json"), "--out", path.File("page.html")]), Is.Zero);
        Assert.That(Titles(Parse(await File.ReadAllTextAsync(path.File("page.html")))), Is.Not.Empty);
        Assert.That(await ChatServer.Bench.Program.Main(["report", path.File("b.json"), "--out", path.File("none.html")]), Is.EqualTo(2));
        Assert.That(await ChatServer.Bench.Program.Main(["report", path.File("a.json"), "--peers", path.File("nobody"), "--out", path.File("none.html")]), Is.EqualTo(2));
        Assert.That(File.Exists(path.File("none.html")), Is.False);
    }

    [Test]
    public async Task Peers_stand_beside_the_run_that_does_what_they_did()
    {
        using var path = new DataPath();
        await File.WriteAllTextAsync(path.File("W1-other.json"), """{ "workload": "W1", "driver": "other", "version": "2.0", "durability": "memory", "error": null, "rows": [{ "case": "P=50 K=1", "srvCpuSPerM": 99 }, { "case": "P=50 K=16", "srvCpuSPerM": 12.5, "msgPerS": 54321 }] }""");
        await File.WriteAllTextAsync(path.File("W1-broken.json"), """{ "workload": "W1", "driver": "broken", "error": "cut off", "rows": [{ "case": "P=50 K=16", "srvCpuSPerM": 1 }] }""");
        var peers = PeerResults.Read(Path.GetDirectoryName(path.File("x")));
        var page = Parse(ReportPage.Write([ReportJson.Read(ReportJson.Direct)], peers));
        Assert.That(Titles(page).Take(2), Is.EqualTo(new[] { "Server CPU (CPU s/M)", "Messages (/s)" }));
        var table = page.Descendants("tbody").First().Elements("tr").Select(row => row.Value).ToList();
        Assert.That(table[1], Is.EqualTo("other2.012.554,321memory"));
        Assert.That(table, Has.Count.EqualTo(2), "what broke off is not shown");
        Assert.That(peers.Like(ReportJson.Read(ReportJson.With(ReportJson.Direct, ("configuration", "500 pairs, 2000 messages/s, 200 B")))), Is.Empty);
    }

    [Test]
    public void Peers_of_other_workloads_are_put_into_our_words()
    {
        var idle = PeerResults.Parse("""{ "workload": "W4", "driver": "a", "rows": [{ "case": "idle 2000->15000", "kiBPerConn": 2 }] }""").Single();
        Assert.That(PeerCase.Of(ReportJson.Read("""{ "workload": "idle" }""")).Single().Translate(idle), Is.EqualTo(new[] { ("residentBytesPerConnection", 2048.0) }));
        Assert.That(PeerCase.Of(ReportJson.Read("""{ "workload": "mixed" }""")), Is.Empty);
        Assert.Catch<JsonException>(() => PeerResults.Parse("no json").ToList());
    }

    [Test]
    public async Task The_best_peer_comes_first_and_a_kill_has_the_last_word()
    {
        using var path = new DataPath();
        foreach (var (name, store, lost) in (ValueTuple<string, int, int>[])[("slow", 10, 0), ("fast", 20, 7)])
            await File.WriteAllTextAsync(path.File($"W2-{name}.json"), $$"""{ "workload": "W2", "driver": "{{name}}", "rows": [{ "case": "store+drain", "storePerS": {{store}}, "lost": 0 }, { "case": "kill -9 right after last ack", "lostAcked": {{lost}}, "restartS": 0.5 }] }""");
        var peers = PeerResults.Read(Path.GetDirectoryName(path.File("x"))).Like(ReportJson.Read("""{ "workload": "offline" }"""));
        Assert.That(peers.Select(peer => (peer.Driver, peer.Values["lost"], peer.Values["restartMilliseconds.p50"])), Is.EqualTo(new[] { ("fast", 7.0, 500.0), ("slow", 0.0, 500.0) }));
    }

    private static XElement Page(params RunReport[] reports) => Parse(ReportPage.Write(reports, PeerResults.None));

    private static XElement Parse(string text)
    {
        Assert.That(text, Does.StartWith("<!DOCTYPE html>\n"));
        return XElement.Parse(text[text.IndexOf('\n', StringComparison.Ordinal)..]);
    }

    private static List<string> Titles(XElement page) => [.. page.Descendants("figure").Select(figure => figure.Element("h3")?.Value ?? "")];

    private static string Text(XElement page) => page.Value;
}
