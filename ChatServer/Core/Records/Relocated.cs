using ChatServer.Storage;

namespace ChatServer.Core.Records;

/// <summary>
/// Records of entries that wait for long were copied to a cold file, which is on disk; the log they came from is not needed for them
/// any more. What was acknowledged meanwhile is passed over.
/// </summary>
/// <remarks>
/// File, then for each conversation: user, other, number of entries, and for each its sequence, offset and length in the file.
/// </remarks>
internal readonly ref struct Relocated : IRecord<Relocated>
{
    /// <summary>Entries of one record, so that it is no larger than any input's.</summary>
    public const int MaxEntries = 1_000;

    public static RecordKind Kind => RecordKind.Relocated;

    public int File { get; init; }

    /// <summary>As <see cref="WriteGroups"/> wrote them.</summary>
    public ReadOnlySpan<byte> Groups { get; init; }

    /// <summary>Encodes entries whose bodies name the places in the cold file; those of one conversation stand together.</summary>
    public static void WriteGroups(RecordWriter writer, ReadOnlySpan<Survivor> entries)
    {
        for (var i = 0; i < entries.Length;)
        {
            var count = 1;
            while (i + count < entries.Length && entries[i + count].User == entries[i].User && entries[i + count].Other == entries[i].Other) count++;
            writer.Id(entries[i].User);
            writer.Id(entries[i].Other);
            writer.Number((ulong)count);
            for (; count > 0; count--, i++)
            {
                writer.Number(entries[i].Sequence);
                writer.Number((ulong)entries[i].Body.Record.Offset);
                writer.Number((ulong)entries[i].Body.Record.Length);
            }
        }
    }

    public static Relocated Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        return new Relocated { File = reader.Count(int.MaxValue), Groups = reader.Rest() };
    }

    public void Write(RecordWriter writer)
    {
        writer.Number((ulong)File);
        writer.Rest(Groups);
    }

    public void Apply(PartitionState state, BodyRef self)
    {
        state.LastColdFile = Math.Max(state.LastColdFile, File);
        var reader = new RecordReader(Groups);
        while (!reader.AtEnd)
        {
            var membership = state.Existing(reader.User()).Memberships[reader.User()];
            for (var count = reader.Count(int.MaxValue); count > 0; count--)
            {
                membership.Relocate(reader.Number(), BodyRef.InColdFile(File, new RecordSpan(reader.Count(int.MaxValue), reader.Count(int.MaxValue))), state);
            }
        }
    }
}
