namespace ChatServer.Storage;

/// <summary>
/// The durable log of a shard: the only truth. Loops append, one thread at a time commits. The seam is narrow so that what is behind it
/// can be measured against something else, and replaced in simulations.
/// </summary>
internal interface ICommitLog : IDisposable
{
    /// <summary>Most bytes that the lengths of the sections of one batch may sum up to.</summary>
    int MaxBatchBytes { get; }

    /// <summary>
    /// False when the disk is so full that no more of the log could be laid out in advance: refuse new sends, so that what was
    /// accepted can still be delivered and acknowledged. Turns true again by itself. Any thread.
    /// </summary>
    bool HasRoom { get; }

    /// <summary>Every batch up to its number is on disk. Only rises. Any thread.</summary>
    Durable Durable { get; }

    /// <summary>The last batch that is on disk: what a checkpoint can rest on. Any thread.</summary>
    CommitMark Mark { get; }

    /// <summary>Bytes that the log takes up where it is kept. Any thread.</summary>
    long DiskBytes { get; }

    /// <summary>
    /// Appends the sections as one batch: one envelope, one log entry; its number, the hash before it and the append under one
    /// lock, so a later number never lies before an earlier one. Any loop thread. False when the log is full or behind: nothing
    /// happened, the caller keeps everything and tries again after the next commit. <paramref name="addresses"/> gets one
    /// address for each section.
    /// </summary>
    bool TryAppend(ReadOnlySpan<Section> sections, Span<SectionAddress> addresses, out ulong batchNumber);

    /// <summary>
    /// Somebody waits for what is appended: commit as soon as the last commit has ended. Without it, what is appended is
    /// committed within 25 ms. Any thread, coalesced. A short commit may be over when this returns.
    /// </summary>
    void RequestCommit();

    /// <summary>
    /// Called on the thread that committed each time <see cref="Durable"/> rose; it must not block or throw. Register before the
    /// first append; several are called in turn.
    /// </summary>
    void OnDurable(Action wake);

    /// <summary>
    /// Called once, with the first write error or broken promise; nothing is acknowledged after it. Called at once when that
    /// already happened. It must not block or throw.
    /// </summary>
    void OnFailure(Action<Exception> stop);

    /// <summary>
    /// Reads one record of a durable batch, header and body, into a destination of exactly its length, and verifies it. False
    /// when it does not verify or cannot be read: then nothing in the destination may be used, and the log has failed. Any
    /// thread.
    /// </summary>
    bool TryReadRecord(SectionAddress section, RecordSpan record, Span<byte> destination);

    /// <summary>The segment an address lies in: the log is freed by whole segments, in their order. Any thread.</summary>
    int SegmentOf(SectionAddress section);

    /// <summary>Whether a section that was appended once is still there. Any thread.</summary>
    bool Holds(SectionAddress section);

    /// <summary>
    /// Nobody needs what lies before this segment: no checkpoint that is kept rests on it, and nothing in it is live. It goes, and is
    /// gone when this returns. On one thread at a time; not for loops, it waits for the disk. A failure fails the log.
    /// </summary>
    void Release(int beforeSegment);
}
