using System.Globalization;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary><c>chatserver log</c>: what an operator can learn from a data directory that no server holds. Never shows payloads.</summary>
internal static class LogInspection
{
    private const int BatchesPerSign = 100_000;

    /// <summary>Verifies every byte that was acknowledged, and that the records follow from each other; counts them by kind.</summary>
    public static void Verify(string path, TextWriter output, TextWriter progress)
    {
        using var log = StoredLog.Open(path);
        var map = new PartitionMap(log.Directory.PartitionCount, log.Directory.HashSeed);
        var states = Enumerable.Range(0, map.Count).Select(id => new PartitionState(id, map, new CoreLimits())).ToArray();
        var recovery = new ShardRecovery(states);
        var records = new SortedDictionary<byte, (long Count, long Bytes)>();
        long sections = 0;
        var (lastBatch, end) = log.Read((batch, section) =>
        {
            recovery.Replay(batch, section);
            sections++;
            foreach (var record in section)
            {
                var (count, bytes) = records.GetValueOrDefault(record.Kind);
                records[record.Kind] = (count + 1, bytes + record.Span.Length);
            }

            if (sections % BatchesPerSign == 0) progress.WriteLine(Line($"batch {batch}, {sections} sections"));
        });

        output.WriteLine(Line($"verified {lastBatch} batches, {sections} sections, {records.Values.Sum(of => of.Count)} records, {recovery.Users} users"));
        output.WriteLine(Line($"the log ends at {end} of {log.DiskBytes} bytes"));
        foreach (var (kind, (count, bytes)) in records) output.WriteLine(Line($"{(RecordKind)kind,-22} {count,12} {bytes,16} bytes"));
    }

    /// <summary>A line a record, from a batch on.</summary>
    public static void Inspect(string path, ulong from, ulong batches, TextWriter output)
    {
        using var log = StoredLog.Open(path);
        var until = from + batches < from ? ulong.MaxValue : from + batches;
        log.Read((batch, section) =>
        {
            if (batch < from || batch >= until) return;
            foreach (var record in section)
            {
                output.WriteLine(Line($"batch {batch} partition {section.Partition} section {section.Number} at {section.Address.LogAddress + record.Span.Offset} {(RecordKind)record.Kind} {record.Span.Length} bytes"));
            }
        });
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
