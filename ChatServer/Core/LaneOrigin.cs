using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>The lane record that caused a record, or none when it was decided within the partition.</summary>
internal readonly record struct LaneOrigin(int From, ulong Number)
{
    public static LaneOrigin Local => default;

    public bool IsLocal => Number == 0;

    public void Write(RecordWriter writer)
    {
        writer.Number(Number);
        if (!IsLocal) writer.Number((ulong)From);
    }

    public static LaneOrigin Read(scoped ref RecordReader reader)
    {
        var number = reader.Number();
        return number == 0 ? Local : new LaneOrigin(reader.Count(4095), number);
    }
}
