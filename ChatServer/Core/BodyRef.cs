using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// Names a record that holds a payload: the section of this partition it was logged in and its place there, or a cold file and its
/// place in that. Survives restarts; the address of a section in the log is looked up.
/// </summary>
/// <param name="Section">The section's number, or the cold file's with <see cref="ColdBit"/>.</param>
/// <param name="Record">The place, counted from the beginning of the section's records or of the file.</param>
internal readonly record struct BodyRef(ulong Section, RecordSpan Record)
{
    private const ulong ColdBit = 1UL << 63;

    public bool IsNone => Record.Length == 0;

    public bool IsCold => IsColdFile(Section);

    public int ColdFile => FileOf(Section);

    public static BodyRef InColdFile(int file, RecordSpan record) => new(KeyOf(file), record);

    /// <summary>Whether this stands for a cold file where sections are counted.</summary>
    public static bool IsColdFile(ulong section) => (section & ColdBit) != 0;

    public static int FileOf(ulong section) => checked((int)(section & ~ColdBit));

    public static ulong KeyOf(int file) => ColdBit | (uint)file;
}
