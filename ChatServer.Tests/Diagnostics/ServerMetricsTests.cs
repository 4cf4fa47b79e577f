using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using ChatServer.Diagnostics;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.House;
using NUnit.Framework;

namespace ChatServer.Tests.Diagnostics;

internal sealed class ServerMetricsTests
{
    [Test]
    public void Every_instrument_has_a_unit_and_a_description_and_is_documented_with_both()
    {
        using var metrics = new ServerMetrics();
        metrics.Observe(() => 0, () => 0, () => 0, () => 0, () => 0);
        var instruments = Instruments();
        Assert.That(instruments, Has.Count.GreaterThan(10));
        Assert.That(instruments.Where(one => string.IsNullOrEmpty(one.Unit) || string.IsNullOrEmpty(one.Description)), Is.Empty);
        var documented = Repository.Read("docs/OPERATIONS.md").Split('\n').Where(line => Regex.IsMatch(line, @"^\| `chat\."))
            .Select(row => string.Join('|', row.Split('|')[1..3]).Trim());
        Assert.That(documented, Is.EquivalentTo(instruments.Select(one => $"`{one.Name}` | {one.Unit}")));
    }

    [Test]
    public void Counts_arrive_with_their_code()
    {
        using var metrics = new ServerMetrics();
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ServerMetrics.MeterName) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => seen.Add($"{instrument.Name} {count} {Text(tags)}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {value} {Text(tags)}"));
        listener.Start();
        metrics.ConnectionOpened();
        metrics.ConnectionClosed();
        metrics.Refused(ErrorCode.Busy);
        metrics.BatchAppended(512);
        metrics.Committed(TimeSpan.FromMilliseconds(250));
        metrics.ConnectionRefused("rate");
        Assert.That(seen, Is.EqualTo(new[]
        {
            "chat.connections 1 ", "chat.connections -1 ", "chat.refusals 1 code=Busy", "chat.log.batches 1 ", "chat.log.bytes 512 ",
            "chat.log.commits 1 ", "chat.log.commit.duration 0.25 ", "chat.connections.refused 1 reason=rate",
        }));
    }

    [Test]
    public void Counting_allocates_nothing()
    {
        using var metrics = new ServerMetrics();
        metrics.Refused(ErrorCode.Busy);
        metrics.MessagesAccepted(1);
        _ = GC.GetAllocatedBytesForCurrentThread();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            metrics.Refused(ErrorCode.Busy);
            metrics.MessagesAccepted(1);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    private static List<Instrument> Instruments()
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ServerMetrics.MeterName) instruments.Add(instrument);
        };
        listener.Start();
        return [.. instruments.DistinctBy(instrument => instrument.Name)];
    }
}
