using System.Globalization;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary><c>chatserver log</c>: what an operator can learn from a data directory that no server holds. Never shows payloads.</summary>
internal static class LogInspection
{
    /// <summary>A line a record, from a batch on, of what is replayed behind the older checkpoint.</summary>
    public static void Inspect(string path, ulong from, ulong batches, TextWriter output)
    {
        using var log = StoredLog.Open(path);
        var until = from + batches < from ? ulong.MaxValue : from + batches;
        var start = LogStart.Beginning;
        if (log.BeginAddress > 0 && log.Checkpoints.Numbers is [.., var oldest] && log.Checkpoints.TryReadHeader(oldest, out var header)) start = new LogStart(header.After, header.After.Number);
        log.Read(start, (batch, section) =>
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
