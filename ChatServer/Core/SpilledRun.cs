using ChatServer.Storage;

namespace ChatServer.Core;

/// <summary>
/// Consecutive entries of the other user, all in one cold file, of which only this is in memory: where each of them lies is in the
/// file too. Every device of the user waits for all of them or for none.
/// </summary>
/// <param name="First">The sequence of the first entry.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Bytes">What they count in an outbox.</param>
/// <param name="LastTime">Server time of the last one.</param>
/// <param name="File">The cold file.</param>
/// <param name="Index">The record there that says where each entry lies (<see cref="RunIndex"/>).</param>
internal readonly record struct SpilledRun(ulong First, int Count, long Bytes, ulong LastTime, int File, RecordSpan Index)
{
    /// <summary>A run is no longer than this, so that taking it back is a short act.</summary>
    public const int MaxEntries = 512;

    public ulong Last => First + (ulong)Count - 1;

    public BodyRef IndexBody => BodyRef.InColdFile(File, Index);
}
