using System.Diagnostics;

namespace ChatServer.Storage;

/// <summary>
/// What the slots state of the log, and when: the mark of the last commit, within a delay that lets one mark stand for many commits.
/// FASTER's own commits end with it. Belongs to whoever holds the commit gate.
/// </summary>
internal sealed class CommitMarks(CommitSlots slots, FasterPages pages, TimeSpan delay, CommitMark recovered) : IDisposable
{
    private CommitMark _last = recovered;
    private CommitMark _stated = recovered;
    private long _unstatedSince;

    public bool AreStated => _stated == _last;

    /// <summary>The log is on disk up to here. Without a delay the mark is too, when this returns.</summary>
    public void Reach(CommitMark mark)
    {
        if (AreStated) _unstatedSince = Stopwatch.GetTimestamp();
        _last = mark;
        if (delay == TimeSpan.Zero) State();
    }

    /// <summary>How long until the next mark is due, more than nothing; for ever when the last is stated.</summary>
    public TimeSpan StateIfDue()
    {
        if (AreStated) return TimeSpan.MaxValue;
        var left = delay - Stopwatch.GetElapsedTime(_unstatedSince);
        if (left > TimeSpan.Zero) return left;
        State();
        return TimeSpan.MaxValue;
    }

    public void State()
    {
        if (AreStated) return;
        slots.Write(_last);
        _stated = _last;
        pages.State(_stated.EndAddress);
    }

    public void Dispose() => slots.Dispose();
}
