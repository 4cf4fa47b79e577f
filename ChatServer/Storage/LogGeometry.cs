namespace ChatServer.Storage;

/// <summary>
/// How the addresses of the log fall on files: fixed when the log is created, kept in every segment. A batch never crosses a
/// page, a page never a segment; every entry ends on a sector.
/// </summary>
internal readonly record struct LogGeometry(int PageBytes, int SegmentBytes, int SectorBytes)
{
    /// <summary>Where the first entry begins: FASTER keeps the bytes before it for itself.</summary>
    public const long FirstAddress = 64;

    private const int SmallestSector = 512;
    private const int LargestSector = 4096;
    private const int LargestPage = Section.MaxBytes;

    public bool IsValid =>
        IsPowerOfTwo(SectorBytes) && SectorBytes is >= SmallestSector and <= LargestSector
        && IsPowerOfTwo(PageBytes) && PageBytes >= LargestSector && PageBytes <= LargestPage
        && IsPowerOfTwo(SegmentBytes) && SegmentBytes >= PageBytes;

    public int Segment(long address) => checked((int)(address / SegmentBytes));

    public int OffsetInPage(long address) => (int)(address % PageBytes);

    /// <summary>The first address of the next page.</summary>
    public long NextPage(long address) => address - OffsetInPage(address) + PageBytes;

    private static bool IsPowerOfTwo(int value) => value > 0 && (value & (value - 1)) == 0;
}
