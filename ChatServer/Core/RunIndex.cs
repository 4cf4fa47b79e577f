using System.Buffers;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>Where the entries of a <see cref="SpilledRun"/> lie: offset, length and time of each, as the body of a record in the cold file.</summary>
internal static class RunIndex
{
    private const byte Version = 1;

    /// <summary>The record, header and body.</summary>
    public static void Write(ArrayBufferWriter<byte> record, ReadOnlySpan<Survivor> entries)
    {
        record.GetSpan(RecordFrame.HeaderBytes)[..RecordFrame.HeaderBytes].Clear();
        record.Advance(RecordFrame.HeaderBytes);
        var writer = new RecordWriter(record);
        foreach (ref readonly var entry in entries)
        {
            writer.Number((ulong)entry.Body.Record.Offset);
            writer.Number((ulong)entry.Body.Record.Length);
            writer.Number(entry.Time);
        }
    }

    /// <summary>Completes what <see cref="Write"/> wrote, in place.</summary>
    public static void Seal(Span<byte> record) => RecordFrame.Seal(record, (byte)RecordKind.RunIndex, Version);

    public static TailEntry Read(ref RecordReader reader, int file) =>
        new(BodyRef.InColdFile(file, new RecordSpan(reader.Count(int.MaxValue), reader.Count(int.MaxValue))), reader.Number(), TailEntry.FromOther);
}
