namespace ChatServer.Storage;

/// <summary>A section read back from the log, verified; <c>foreach</c> gives its records.</summary>
internal readonly ref struct RecoveredSection
{
    private readonly ReadOnlySpan<byte> _records;

    /// <param name="section">The section's bytes: header and record area, verified by <see cref="BatchFrame"/>.</param>
    /// <param name="logAddress">Where its first byte lies in the log.</param>
    public RecoveredSection(ReadOnlySpan<byte> section, long logAddress)
    {
        var header = SectionHeader.Read(section);
        Partition = header.Partition;
        Number = header.Number;
        Epoch = header.Epoch;
        PreviousHash = header.PreviousHash;
        Hash = header.Hash;
        RecordCount = header.RecordCount;
        Address = new SectionAddress(logAddress + SectionHeader.Bytes);
        Bytes = section;
        _records = section.Slice(SectionHeader.Bytes, header.RecordBytes);
    }

    /// <summary>Header and records, from which this was made.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public int Partition { get; }

    public ulong Number { get; }

    public uint Epoch { get; }

    public UInt128 PreviousHash { get; }

    /// <summary>What the partition's next section names as its previous hash.</summary>
    public UInt128 Hash { get; }

    public int RecordCount { get; }

    public SectionAddress Address { get; }

    public RecordEnumerator GetEnumerator() => new(_records);
}
