namespace ChatServer.Storage;

/// <summary>Sizes and times of the commit log. Those marked "new log" are fixed when a log is created; later ones are ignored.</summary>
internal sealed record CommitLogOptions
{
    /// <summary>Bound of <see cref="MemoryBytes"/>: so far beyond the end of the log, recovery looks for what a crash left.</summary>
    public const int MaxMemoryBytes = 1 << 26;

    /// <summary>
    /// Bytes of a page, a power of two; a batch fits in one. New log. Default 4 MiB; smaller only for tests, as pages are
    /// counted in 31 bits.
    /// </summary>
    public int PageBytes { get; init; } = 1 << 22;

    /// <summary>
    /// Bytes of the log kept in memory, a power of two, at least two pages. What is appended and not yet on disk fits in it, or
    /// appending is refused. At most 64 MiB, default 16 MiB.
    /// </summary>
    public int MemoryBytes { get; init; } = 1 << 24;

    /// <summary>Bytes of a segment file, a power of two, at least a page. New log. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 1 << 26;

    /// <summary>What is appended is committed within this time, though nobody asks for it. Default 25 ms.</summary>
    public TimeSpan LazyCommit { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Most bytes of a commit that whoever asks for it performs itself, instead of waking the committer. 0: none. Default 4 KiB, what
    /// some ten messages take.
    /// </summary>
    public int ShortCommitBytes { get; init; } = 4096;

    /// <summary>That is done only if the commit before took no longer. Default 1 ms.</summary>
    public TimeSpan ShortCommitTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The mark of what was acknowledged follows the acknowledgements within this time; zero: it is on disk before each. It is not
    /// what makes them durable, since a start follows the chain of batches beyond it: it makes damage at the very end of the log
    /// known as such. Default 5 ms.
    /// </summary>
    public TimeSpan MarkDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How often laying out the log in advance is tried again while the disk is full. Default 1 s.</summary>
    public TimeSpan FullDiskRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Opens the files; another one in tests of faults.</summary>
    public OpenBlockFile OpenFile { get; init; } = BlockFile.Open;
}
