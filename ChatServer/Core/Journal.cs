using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// Where deciding ends: a record goes into the partition's section of the drain and is applied at once. Hot path: no allocation.
/// </summary>
internal sealed class Journal(PartitionState state)
{
    private const byte RecordVersion = 1;

    /// <summary>The section of the drain under way; the loop sets it before the partition's first input of a drain.</summary>
    public Section? Section { get; set; }

    public BodyRef Emit<T>(in T record)
        where T : struct, IRecord<T>, allows ref struct
    {
        Invariant.Holds(Section is not null, "a partition has a section while it takes inputs");
        record.Write(new RecordWriter(Section.BeginRecord((byte)T.Kind, RecordVersion)));
        var self = new BodyRef(Section.Number, Section.EndRecord());
        record.Apply(state, self);
        return self;
    }
}
