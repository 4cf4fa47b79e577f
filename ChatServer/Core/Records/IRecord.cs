namespace ChatServer.Core.Records;

/// <summary>
/// One thing that happened in a partition. Deciding makes it, the log keeps it, and <see cref="Apply"/> is the only way state
/// changes: live and in recovery, through the same code.
/// </summary>
internal interface IRecord<TSelf>
    where TSelf : struct, IRecord<TSelf>, allows ref struct
{
    static abstract RecordKind Kind { get; }

    static abstract TSelf Read(ReadOnlySpan<byte> body);

    void Write(RecordWriter writer);

    /// <param name="state">The partition's state.</param>
    /// <param name="self">Where the record itself stands: what holds on to its payload keeps this.</param>
    void Apply(PartitionState state, BodyRef self);
}
