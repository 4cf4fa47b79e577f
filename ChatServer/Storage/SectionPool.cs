namespace ChatServer.Storage;

/// <summary>
/// The sections that the partitions of one loop write into, used again and again: a section is busy from its drain until its payloads
/// are with those they are for, so that many are under way. Owned by the loop.
/// </summary>
internal sealed class SectionPool
{
    // A section that one large drain has blown up is not kept, and of the others no more than this.
    private const int KeptBufferBytes = 256 * 1024;
    private const long KeptBytes = 32L * 1024 * 1024;

    private readonly Stack<Section> _spare = [];
    private long _spareBytes;

    /// <summary>Bytes of the records of all sections of the drain under way, kept up to date so that nobody has to add them up.</summary>
    public long DrainBytes { get; set; }

    public Section Rent(int partition, ulong number, UInt128 previousHash)
    {
        if (_spare.TryPop(out var section)) _spareBytes -= section.BufferBytes;
        else section = new Section(partition);
        section.Open(partition, number, previousHash, this);
        return section;
    }

    public void Return(Section section)
    {
        if (section.BufferBytes > KeptBufferBytes || _spareBytes + section.BufferBytes > KeptBytes) return;
        _spareBytes += section.BufferBytes;
        _spare.Push(section);
    }
}
