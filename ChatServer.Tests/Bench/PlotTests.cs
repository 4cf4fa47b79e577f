using ChatServer.Bench.Reports;
using ChatServer.Bench.Reports.Plots;
using NUnit.Framework;

namespace ChatServer.Tests.Bench;

/// <summary>Axes stand where they say, and drawings show their points.</summary>
internal sealed class PlotTests
{
    [TestCase(0.0, 30.0, "0 10 20 30")]
    [TestCase(0.0, 71_234.0, "0 20,000 40,000 60,000 80,000")]
    [TestCase(0.0, 0.97, "0 0.2 0.4 0.6 0.8 1")]
    [TestCase(-3.0, 8.0, "-5 0 5 10")]
    [TestCase(0.0, 0.0, "0 0.2 0.4 0.6 0.8 1")]
    public void A_linear_axis_counts_in_round_steps(double least, double greatest, string labels) =>
        Assert.That(Labels(new LinearAxis("", FigureUnit.Count, [least, greatest])), Is.EqualTo(labels));

    [Test]
    public void Bytes_are_round_in_their_own_unit() =>
        Assert.That(Labels(new LinearAxis("", FigureUnit.Bytes, [150 * 1024 * 1024])), Is.EqualTo("0 B 50 MiB 100 MiB 150 MiB"));

    [TestCase(0.4, 40.0, "0.2 0.5 1 2 5 10 20 50")]
    [TestCase(100.0, 18_000.0, "100 1,000 10,000 100,000")]
    [TestCase(1_000.0, 10_000_000.0, "1,000 10,000 100,000 1,000,000 10,000,000")]
    [TestCase(5.0, 5.0, "5 10")]
    public void A_logarithmic_axis_counts_in_powers(double least, double greatest, string labels) =>
        Assert.That(Labels(new LogAxis("", FigureUnit.Count, [least, greatest])), Is.EqualTo(labels));

    [Test]
    public void A_logarithmic_axis_of_bytes_counts_in_powers_of_two() =>
        Assert.That(Labels(new LogAxis("", FigureUnit.Bytes, [1L << 26, 50L << 30])), Is.EqualTo("64 MiB 256 MiB 1 GiB 4 GiB 16 GiB 64 GiB"));

    [Test]
    public void On_a_logarithmic_axis_equal_ratios_are_equally_far()
    {
        var axis = new LogAxis("", FigureUnit.Count, [1, 10_000]);
        Assert.That(axis.Place(1), Is.Zero.Within(1e-9));
        Assert.That(axis.Place(100), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(axis.Place(10_000), Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void On_a_percentile_axis_every_nine_takes_the_same_room()
    {
        var axis = new PercentileAxis("", [50, 99.99]);
        Assert.That(Labels(axis), Is.EqualTo("0 50 % 90 % 99 % 99.9 % 99.99 %"));
        Assert.That(new[] { 0, 90, 99, 99.9, 99.99 }.Select(axis.Place), Is.EqualTo(new[] { 0, 0.25, 0.5, 0.75, 1 }).Within(1e-9));
    }

    [Test]
    public void The_slowest_of_all_stands_behind_the_last_percentile()
    {
        var axis = new PercentileAxis("", [50, 99.9, 100]);
        Assert.That(Labels(axis), Is.EqualTo("0 50 % 90 % 99 % 99.9 % all"));
        Assert.That(axis.Place(99.9), Is.LessThan(axis.Place(100)));
        Assert.That(axis.Place(100), Is.EqualTo(1));
    }

    [TestCase(3.0, 900_000.0)]
    [TestCase(0.0001, 0.00013)]
    [TestCase(7.0, 7.1)]
    [TestCase(1e-3, 1e9)]
    public void No_axis_has_more_names_than_there_is_room_for(double least, double greatest)
    {
        foreach (var unit in Enum.GetValues<FigureUnit>())
        {
            foreach (Axis axis in (Axis[])[new LinearAxis("", unit, [least, greatest]), new LogAxis("", unit, [least, greatest])])
            {
                var name = $"{axis.GetType().Name} of {unit}";
                Assert.That(axis.Ticks, Has.Count.InRange(2, 9), name);
                Assert.That(axis.Ticks.Select(tick => axis.Place(tick.Value)), Is.Ordered.And.All.InRange(-1e-9, 1 + 1e-9), name);
                Assert.That(axis.Place(least), Is.InRange(-1e-9, 1), name);
                Assert.That(axis.Place(greatest), Is.InRange(0, 1 + 1e-9), name);
            }
        }
    }

    [Test]
    public void Labels_that_would_run_into_each_other_are_left_out()
    {
        Tick[] ticks = [.. from i in Enumerable.Range(0, 5) select new Tick(i, "1,000,000")];
        var wide = TickLabels.Fitting(ticks, value => value * 100, 1_000).ToList();
        Assert.That(wide, Has.Count.EqualTo(5));
        var narrow = TickLabels.Fitting(ticks, value => value * 40, 1_000).ToList();
        Assert.That(narrow.Select(label => label.X), Is.EqualTo(new[] { 0, 80, 160 }));
        Assert.That(TickLabels.Fitting(ticks[4..], _ => 400, 410).Single().X, Is.LessThan(380), "the last stands within the drawing");
    }

    [Test]
    public void A_drawing_has_its_series_its_points_and_its_legend()
    {
        var svg = SvgPlot.Draw(Of(new PlotSeries("one", [(0, 0), (10, 10)]), new PlotSeries("two", [(0, 10), (10, 0)])));
        Assert.That(svg.Elements("circle").Count(), Is.EqualTo(4));
        Assert.That(svg.Elements("text").Select(text => text.Value), Does.Contain("one").And.Contain("two"));
        var line = svg.Elements("path").First(path => ((string?)path.Attribute("class"))?.StartsWith("line", StringComparison.Ordinal) == true);
        Assert.That((string?)line.Attribute("d"), Is.EqualTo("M72 260L614 46"), "from the lower left to the upper right");
    }

    [Test]
    public void A_long_course_is_thinned_and_keeps_its_peak()
    {
        var points = Enumerable.Range(0, 10_000).Select(i => ((double)i, i == 5_003 ? 100.0 : 1.0)).ToList();
        var svg = SvgPlot.Draw(Of(new PlotSeries("one", points)));
        var path = (string?)svg.Elements("path").Single(element => (string?)element.Attribute("class") == "line s0").Attribute("d") ?? "";
        Assert.That(path.Split('L'), Has.Length.LessThanOrEqualTo(600));
        Assert.That(path, Does.Contain(" 46L"), "the peak stands at the top");
    }

    private static Plot Of(params PlotSeries[] series) => new(
        "title",
        "caption",
        new LinearAxis("x", FigureUnit.Count, series.SelectMany(line => line.Points).Select(point => point.X)),
        new LinearAxis("y", FigureUnit.Count, series.SelectMany(line => line.Points).Select(point => point.Y)),
        series);

    private static string Labels(Axis axis) => string.Join(' ', axis.Ticks.Select(tick => tick.Label));
}
