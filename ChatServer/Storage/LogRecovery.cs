using System.Buffers;
using ChatServer.Diagnostics;

namespace ChatServer.Storage;

/// <summary>
/// Follows the chain of batches from the beginning or from where a checkpoint stands, verifies every byte that was acknowledged
/// since and hands it on. Reads page by page, so it needs one page of memory however long the log is. Refuses rather than guesses: what was acknowledged must be
/// there and right; only what nobody was told of may be cut.
/// </summary>
internal sealed class LogRecovery
{
    private readonly SegmentFiles _files;
    private readonly CommitSlots _slots;
    private readonly ReplaySection _replay;
    private readonly LogGeometry _geometry;
    private readonly byte[] _page;
    private readonly LogStart _start;
    private readonly bool _isThorough;
    private CommitMark _last;

    private LogRecovery(SegmentFiles files, CommitSlots slots, LogStart start, ReplaySection replay, bool isThorough)
    {
        _isThorough = isThorough;
        _files = files;
        _slots = slots;
        _start = start;
        _last = start.After;
        _replay = replay;
        _geometry = files.Geometry;
        _page = ArrayPool<byte>.Shared.Rent(_geometry.PageBytes);
    }

    private Span<byte> Page => _page.AsSpan(0, _geometry.PageBytes);

    /// <summary>
    /// Returns the last batch. When this returns, nothing lies behind it, and both slots state it or the one before. <paramref
    /// name="window"/> is how far beyond the end a crash may have left anything.
    /// </summary>
    public static CommitMark Run(SegmentFiles files, CommitSlots slots, LogStart start, long window, ReplaySection replay)
    {
        var recovery = new LogRecovery(files, slots, start, replay, isThorough: false);
        try
        {
            recovery.Follow();
            recovery.RequireMarks();
            recovery.Sync();
            recovery.Cut(window);
            // Both: the one that was being written when a sync failed is not to be believed.
            slots.Write(recovery._last);
            slots.Write(recovery._last);
            return recovery._last;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(recovery._page);
        }
    }

    /// <summary>
    /// The same check of what was acknowledged, and nothing is written: what a crash left behind the end stays for the next start.
    /// Also looks at what no start has to read: the batches before the one behind which it begins, and that everything between and
    /// behind batches is zeros.
    /// </summary>
    /// <param name="files">The log.</param>
    /// <param name="slots">How far it was acknowledged.</param>
    /// <param name="start">Behind which batch replay begins.</param>
    /// <param name="window">How far beyond the end a crash may have left anything.</param>
    /// <param name="replay">Gets the sections.</param>
    /// <param name="leftBehind">Bytes behind the end that are no batch: left by a crash, or damage; the next start makes them zeros.</param>
    public static CommitMark Verify(SegmentFiles files, CommitSlots slots, LogStart start, long window, ReplaySection replay, out long leftBehind)
    {
        var recovery = new LogRecovery(files, slots, start, replay, isThorough: true);
        try
        {
            recovery.FollowBefore();
            recovery._last = start.After;
            recovery.Follow();
            recovery.RequireMarks();
            leftBehind = recovery.FindEnd(window) - recovery._last.EndAddress;
            recovery.RequireZeros(recovery._last.EndAddress + window, files.EndAddress);
            return recovery._last;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(recovery._page);
        }
    }

    /// <summary>From the first batch that is left to the one behind which the start begins.</summary>
    private void FollowBefore()
    {
        var target = _start.After;
        if (target == CommitMark.Origin) return;
        if (target.EndAddress <= _files.BeginAddress) return; // everything before was released
        CommitMark? last = null;
        for (var page = _files.BeginAddress; page < target.EndAddress; page += _geometry.PageBytes)
        {
            _files.Read(page, Page);
            var offset = page == 0 ? (int)LogGeometry.FirstAddress : 0;
            while (page + offset < target.EndAddress && LogEntry.TryRead(_geometry, Page, offset, out var header, out var length))
            {
                if (last is { } before && (header.Number != before.Number + 1 || header.PreviousHash != before.Hash)) break;
                offset += length;
                last = new CommitMark(header.Number, page + offset, header.Hash);
            }

            if (page + offset < target.EndAddress) RequireZeros(page + offset, until: page + _geometry.PageBytes);
        }

        if (last != target) throw new StorageException($"{_files.Locate(last?.EndAddress ?? _files.BeginAddress)}: the log does not verify from here on (after batch {last?.Number}), but batches up to {target.Number} were acknowledged");
    }

    private void Follow()
    {
        var begin = _start.After.EndAddress;
        if (begin < _files.BeginAddress)
            throw new StorageException($"{_files.Locate(begin)}: a segment of the log is missing, batches from {_start.After.Number + 1} on are needed");

        RequireAnchor();

        // The rest of a page is skipped when the next batch did not fit; so the chain goes on in this page or in the next.
        var offset = _geometry.OffsetInPage(begin);
        var first = begin - offset;
        var rest = begin;
        for (var page = first; page < _files.EndAddress; page += _geometry.PageBytes)
        {
            _files.Read(page, Page);
            var before = _last;
            while (TryNext(page, offset, out var length)) offset += length;
            if (page > first && _last == before) return;
            if (_isThorough && page > first) RequireZeros(rest, until: page);
            rest = page + offset;
            offset = 0;
        }
    }

    /// <summary>The batch that a checkpoint rests on is the one in this log: files of two backups of one directory do not fit.</summary>
    private void RequireAnchor()
    {
        var after = _start.After;
        RequireMatch(Math.Max(after.EndAddress - 1, 0));
        if (after == CommitMark.Origin || after.EndAddress <= _files.BeginAddress) return;
        var page = after.EndAddress - 1 - _geometry.OffsetInPage(after.EndAddress - 1);
        var end = (int)(after.EndAddress - page);
        _files.Read(page, Page);

        // An entry begins on a sector, or where the log does; nothing before it in the page is needed.
        var first = page == 0 ? (int)LogGeometry.FirstAddress : 0;
        for (var offset = first; offset < end; offset += _geometry.SectorBytes - (offset % _geometry.SectorBytes))
        {
            if (LogEntry.TryRead(_geometry, Page, offset, out var header, out var length) && offset + length == end
                && header.Number == after.Number && header.Hash == after.Hash) return;
        }

        throw new StorageException($"{_files.Locate(after.EndAddress - 1)}: batch {after.Number}, which a checkpoint rests on, does not end here; the files are not of one directory, or damaged");
    }

    private bool TryNext(long page, int offset, out int length)
    {
        if (!LogEntry.TryRead(_geometry, Page, offset, out var header, out length)) return false;
        if (header.Number != _last.Number + 1 || header.PreviousHash != _last.Hash || header.Durable > _last.Number) return false;
        var start = page + offset;
        _last = new CommitMark(header.Number, start + length, header.Hash);
        RequireMatch(start);
        BatchFrame.Replay(Page.Slice(offset + LogEntry.HeaderBytes, header.Length), start + LogEntry.HeaderBytes, _replay);
        return true;
    }

    private void RequireMatch(long start)
    {
        foreach (var mark in _slots.Marks)
        {
            if (mark.Number == _last.Number && mark != _last)
                throw new StorageException($"{_files.Locate(start)}: batch {_last.Number} is not the one that {_slots.Path} names as acknowledged");
        }
    }

    private void RequireMarks()
    {
        var acknowledged = Math.Max(_slots.Marks[^1].Number, _start.Required);
#if MUTANTS
        if (Core.PlantedBugs.Active == Core.PlantedBug.AcknowledgedCut) return;
#endif
        if (_last.Number < acknowledged)
        {
            throw new StorageException(
                $"{LocateEnd()}: the log does not verify from here on (after batch {_last.Number}), but batches up to {acknowledged} were acknowledged");
        }
    }

    /// <summary>
    /// What lies beyond the mark may only be in the cache of the system, and after a sync that failed even count as written there. So
    /// it is written again; from now on it counts as acknowledged.
    /// </summary>
    private void Sync()
    {
        var from = Math.Max(_slots.Marks[^1].EndAddress, _files.BeginAddress);
        while (from < _last.EndAddress)
        {
            var offset = _geometry.OffsetInPage(from);
            var length = (int)Math.Min(_geometry.PageBytes - offset, _last.EndAddress - from);
            _files.Read(from, Page[..length]);
            _files.Write(from, Page[..length]);
            _files.Sync(_geometry.Segment(from));
            from += length;
        }
    }

    /// <summary>What a crash left of batches that were never acknowledged becomes zeros, so that it never looks like damage later.</summary>
    private void Cut(long window)
    {
        var end = FindEnd(window);
        if (end > _last.EndAddress) Log.TornTail(_files.Locate(_last.EndAddress), end - _last.EndAddress);
        Clear(_last.EndAddress, end);
    }

    /// <summary>Where the bytes behind the last batch end; refuses when a batch is among them that rests on acknowledged ones.</summary>
    private long FindEnd(long window)
    {
        var until = Math.Min(_last.EndAddress + window, _files.EndAddress);
        var dirtyUntil = _last.EndAddress;
        for (var page = _last.EndAddress - _geometry.OffsetInPage(_last.EndAddress); page < until; page += _geometry.PageBytes)
        {
            _files.Read(page, Page);
            var from = (int)Math.Max(0, _last.EndAddress - page);
            var used = Page[from..].LastIndexOfAnyExcept((byte)0);
            if (used < 0) continue;
            RefuseLaterBatch(page, from);
            dirtyUntil = page + from + used + 1;
        }

        return dirtyUntil;
    }

    private void RequireZeros(long from, long until)
    {
        for (var page = from - _geometry.OffsetInPage(from); page < until; page += _geometry.PageBytes)
        {
            _files.Read(page, Page);
            var start = (int)Math.Max(0, from - page);
            var used = Page[start..].IndexOfAnyExcept((byte)0);
            if (used >= 0) throw new StorageException($"{_files.Locate(page + start + used)}: something is written where there is no batch");
        }
    }

    private void RefuseLaterBatch(long page, int from)
    {
        for (var offset = from; offset < _geometry.PageBytes; offset += _geometry.SectorBytes - (offset % _geometry.SectorBytes))
        {
            if (!LogEntry.TryRead(_geometry, Page, offset, out var header, out _)) continue;
            // It was appended when a batch that is missing here had been acknowledged; or nobody can say, as a slot is lost.
            if (header.Durable > _last.Number || (!_slots.AreWhole && header.Number > _last.Number))
            {
                throw new StorageException(
                    $"{LocateEnd()}: the log does not verify from here on (after batch {_last.Number}), but batch {header.Number} follows at {_files.Locate(page + offset)}");
            }
        }
    }

    private void Clear(long from, long until)
    {
#if MUTANTS
        if (Core.PlantedBugs.Active == Core.PlantedBug.TailNotCleared) return;
#endif
        if (from == until) return;
        Page.Clear();
        // Whole sectors, as everything else in the log; the first entry's page begins with bytes of FASTER's own.
        until = (until + _geometry.SectorBytes - 1) / _geometry.SectorBytes * _geometry.SectorBytes;
        while (from < until)
        {
            var length = (int)Math.Min(until - from, _geometry.PageBytes - _geometry.OffsetInPage(from));
            _files.Write(from, Page[..length]);
            _files.Sync(_geometry.Segment(from));
            from += length;
        }
    }

    private string LocateEnd() => _last.EndAddress < _files.EndAddress ? _files.Locate(_last.EndAddress) : $"{_files.Locate(_last.EndAddress - 1)} (the last)";
}
