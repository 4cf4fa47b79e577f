using System.Net;
using System.Reflection;
using ChatServer.Diagnostics;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Diagnostics;

internal sealed class LogTests
{
    private static readonly IReadOnlyList<LogEvent> Events =
    [
        .. typeof(Log).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(field => field.FieldType == typeof(LogEvent))
            .Select(field => field.GetValue(null)).OfType<LogEvent>(),
    ];

    private readonly LogEvent _event = new(1, LogLevel.Info, "event");

    [Test]
    public void Every_event_has_a_number_and_a_name_of_its_own()
    {
        Assert.That(Events, Has.Count.GreaterThan(10));
        Assert.That(Events.Select(one => one.Id), Is.Unique);
        Assert.That(Events.Select(one => one.Name), Is.Unique);
    }

    [Test]
    public void Every_event_is_documented_with_its_number_and_name_and_nothing_else_is()
    {
        var rows = Repository.Read("docs/OPERATIONS.md").Split('\n').Where(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\| \d{3} \| `"));
        Assert.That(rows.Select(row => string.Join('|', row.Split('|')[1..3])), Is.EquivalentTo(Events.Select(one => $" {one.Id} | `{one.Name}` ")));
    }

    [Test]
    public void A_line_has_time_level_number_name_and_values()
    {
        var clock = new ManualClock();
        Assert.That(Lines(sink => sink.Write(_event, ("port", 5222), ("path", "a b"), ("none", null)), clock), Is.EqualTo(
            new[] { "2026-01-02T03:04:05.000Z info  1 event port=5222 path=\"a b\" none=\"\"" }));
    }

    [Test]
    public void What_comes_from_outside_cannot_forge_a_line_or_a_key()
    {
        var line = Lines(sink => sink.Write(_event, ("name", "x\n2026 fatal 105 failed y=\"1\" \u001b[31m\u2028"))).Single();
        Assert.That(line, Does.EndWith("""name="x\n2026 fatal 105 failed y=\"1\" \u001b[31m\u2028" """.TrimEnd()));
    }

    [Test]
    public void A_long_value_is_cut() =>
        Assert.That(Lines(sink => sink.Write(_event, ("x", new string('x', 100_000)))).Single(), Has.Length.LessThan(LogSink.ValueCharacters + 100));

    [Test]
    public void A_flood_of_one_event_writes_ten_lines_a_second_and_counts_the_rest()
    {
        var clock = new ManualClock();
        var lines = Lines(sink =>
        {
            for (var i = 0; i < 1_000; i++) sink.Write(_event, ("i", i));
            clock.Now += TimeSpan.FromSeconds(1);
            sink.Write(_event, ("i", 1_000));
        }, clock);
        Assert.That(lines, Has.Length.EqualTo(LogEvent.LinesPerSecond + 1));
        Assert.That(lines[^1], Does.EndWith("i=1000 suppressed=990"));
    }

    [Test]
    public void An_event_below_the_level_is_not_written() =>
        Assert.That(Lines(sink => sink.Write(new LogEvent(2, LogLevel.Debug, "detail"))), Is.Empty);

    [Test]
    public void An_output_that_does_not_take_lines_stops_nobody_and_the_queue_stays_bounded()
    {
        using var output = new StuckWriter();
        using var sink = new LogSink(output, TimeProvider.System);
        sink.Write(_event);
        Assert.That(output.Entered.Wait(TimeSpan.FromSeconds(30)), Is.True);
        for (var i = 0; i < LogSink.QueuedLines + 5; i++) sink.Write(new LogEvent(i, LogLevel.Info, "line"));
        output.Opened.Set();
        sink.Dispose();
        Assert.That(output.Lines, Has.Count.EqualTo(1 + LogSink.QueuedLines + 1));
        Assert.That(output.Lines[^1], Is.EqualTo("log: 5 lines were dropped"));
    }

    [Test]
    public void The_events_write_to_the_sink_of_the_process()
    {
        var lines = Lines(sink =>
        {
            Log.Sink = sink;
            Log.ProtocolError(new IPEndPoint(IPAddress.Loopback, 1234), ErrorCode.BadFrame);
        });
        Assert.That(lines.Single(), Does.EndWith("202 protocol-error address=127.0.0.1:1234 code=BadFrame"));
    }

    private static string[] Lines(Action<LogSink> write, TimeProvider? clock = null)
    {
        using var output = new StringWriter();
        using (var sink = new LogSink(output, clock ?? new ManualClock())) write(sink);
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class StuckWriter : StringWriter
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Opened { get; } = new();

        public List<string> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Entered.Set();
            Opened.Wait(TimeSpan.FromSeconds(30));
            Lines.Add(value ?? "");
        }

        protected override void Dispose(bool disposing)
        {
            Entered.Dispose();
            Opened.Dispose();
            base.Dispose(disposing);
        }
    }
}
