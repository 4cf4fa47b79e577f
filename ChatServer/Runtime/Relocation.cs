using System.Buffers;
using System.Numerics;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// Keeps those who are away from pinning the log, and old cold files: what they wait for is copied, user by user, into a new cold
/// file; when that is on disk, records say where the copies are; when those are durable, nothing needs the originals. What has waited
/// for longer than it is kept expires. One thread, not a loop's; waits for loops and disk.
/// </summary>
internal sealed class Relocation
{
    /// <summary>Entries and conversations looked at between two drains.</summary>
    public const int StepsPerPiece = 2_000;

    /// <summary>So many entries of a conversation in a row are known by their outline only.</summary>
    public const int SpillEntries = 256;

    /// <summary>Entries that are given up together are not further apart.</summary>
    private const ulong RunMilliseconds = 24 * 60 * 60 * 1_000;

    /// <summary>A cold file is closed and the next begun beyond it.</summary>
    public const long FileBytes = 64L * 1024 * 1024;

    /// <summary>A cold file is copied together once less than this part of it is needed.</summary>
    private const double LeastLive = 0.5;

    private readonly ICommitLog _log;
    private readonly ColdFiles _cold;
    private readonly int _partitions;
    private readonly BetweenDrains _between;
    private readonly InDrain _inDrain;
    private readonly int _stepsPerPiece;
    private readonly long _fileBytes;
    private readonly int _spillEntries;
    private byte[] _record = []; // made when something has to be copied
    private readonly ArrayBufferWriter<byte> _groups = new();
    private readonly List<(int Partition, Survivor Moved)> _moves = [];
    private int _lastFile;

    public Relocation(ICommitLog log, ColdFiles cold, int partitions, BetweenDrains between, InDrain inDrain, int stepsPerPiece = StepsPerPiece, long fileBytes = FileBytes, int spillEntries = SpillEntries)
    {
        _log = log;
        _cold = cold;
        _partitions = partitions;
        _between = between;
        _inDrain = inDrain;
        _stepsPerPiece = stepsPerPiece;
        _fileBytes = fileBytes;
        _spillEntries = spillEntries;
    }

    /// <summary>Entries that were copied since the start.</summary>
    public long Moved { get; private set; }

    /// <summary>Entries and runs of them that expired since the start.</summary>
    public long Expired { get; private set; }

    /// <summary>Runs that were spilled, as far as their partitions agreed, since the start.</summary>
    public long Spilled { get; private set; }

    /// <summary>Cold files that were removed since the start.</summary>
    public long Removed { get; private set; }

    /// <summary>
    /// Moves everything that is needed of the log before a segment, and of cold files that are mostly not needed; lets expire what is
    /// older than <paramref name="keptSince"/>, in milliseconds since 1970 UTC; then removes the cold files that nobody needs.
    /// </summary>
    public void Run(int beforeSegment, ulong keptSince)
    {
#if MUTANTS
        if (PlantedBugs.Active != PlantedBug.StaleMovesKept)
#endif
        _moves.Clear(); // of a run that met a full disk: their file is gone
        var sparse = SparseFiles();
        ColdFileWriter? file = null;
        try
        {
            for (var partition = 0; partition < _partitions; partition++) MoveFrom(partition, beforeSegment, keptSince, sparse, ref file);
            Finish(ref file);
        }
        finally
        {
            file?.Dispose();
        }

        RemoveUnneeded();
    }

    /// <summary>Removes the cold files of which nobody needs anything: all of a kind that a crash left without a record, too.</summary>
    public void RemoveUnneeded()
    {
        if (_cold.Numbers.Count == 0) return;
        var needed = NeededFiles();
        foreach (var number in _cold.Numbers)
        {
            if (needed.Contains(number)) continue;
            _cold.Remove(number);
            Removed++;
        }
    }

    private void MoveFrom(int partition, int beforeSegment, ulong keptSince, HashSet<int> sparse, ref ColdFileWriter? file)
    {
        SurvivorScan? scan = null;
        var addresses = new List<SectionAddress>();
        for (var isDone = false; !isDone;)
        {
            _between(partition, loop =>
            {
                var slot = loop.Slot(partition);
                scan ??= new SurvivorScan(slot.Partition.State, keptSince, body =>
                    body.IsCold ? sparse.Contains(body.ColdFile) : _log.SegmentOf(slot.Stored.AddressOf(body.Section)) < beforeSegment);
                scan.Take(_stepsPerPiece);
                addresses.Clear();
                foreach (var survivor in scan.Found) addresses.Add(survivor.Body.IsCold ? default : slot.Stored.AddressOf(survivor.Body.Section));
                isDone = scan.IsDone;
            });
            for (var i = 0; i < scan!.Found.Count; i++) Copy(partition, scan.Found[i], addresses[i], ref file); // set by the act, which has returned
            foreach (var expired in scan.Expired) Expire(partition, expired);
            foreach (var (user, other) in scan.InTheWay) _inDrain(partition, state => state.WantAll(user, other));
            scan.Found.Clear();
            scan.Expired.Clear();
            scan.InTheWay.Clear();
            if (file?.RecordBytes >= _fileBytes) Finish(ref file);
        }
    }

    private void Copy(int partition, in Survivor survivor, SectionAddress address, ref ColdFileWriter? file)
    {
        file ??= _cold.Create(NextFile());
        if (_record.Length < survivor.Body.Record.Length) _record = new byte[(int)BitOperations.RoundUpToPowerOf2((uint)survivor.Body.Record.Length)];
        var record = _record.AsSpan(0, survivor.Body.Record.Length);
        if (survivor.Body.IsCold) _cold.Read(survivor.Body.ColdFile, survivor.Body.Record, record);
        else if (!_log.TryReadRecord(address, survivor.Body.Record, record)) throw new StorageException($"the record at {address} + {survivor.Body.Record.Offset} of the log does not verify");
        var place = file.Append(record);
        _moves.Add((partition, survivor with { Body = BodyRef.InColdFile(file.Number, place) }));
    }

    private void Expire(int partition, Survivor last)
    {
        _inDrain(partition, state => state.Expire(last.User, last.Other, last.Sequence));
        Expired++;
    }

    // The copies are on disk before any record says so.
    private void Finish(ref ColdFileWriter? file)
    {
        if (file is null) return;
        var number = file.Number;
        Invariant.Holds(_moves.TrueForAll(move => move.Moved.Body.ColdFile == number), "what was moved is in the file that is being completed");
        var runs = WriteIndexes(file);
        _cold.Complete(file);
        file = null;
        for (var i = 0; i < _moves.Count;)
        {
            var count = CountWhile(i, Relocated.MaxEntries, (first, next) => next.Partition == first.Partition);
            _groups.ResetWrittenCount();
            Relocated.WriteGroups(new RecordWriter(_groups), Moves(i, count));
            _inDrain(_moves[i].Partition, state => state.Relocate(number, _groups.WrittenSpan));
            i += count;
        }

        foreach (var (partition, first, count, index) in runs) _inDrain(partition, state => state.Spill(first.User, first.Other, first.Sequence, count, number, index));
        Spilled += runs.Count;
        Moved += _moves.Count;
        _moves.Clear();
    }

    // Long rows of one conversation get an index in the file, so that they need not be in memory one by one.
    private List<(int Partition, Survivor First, int Count, RecordSpan Index)> WriteIndexes(ColdFileWriter file)
    {
        var runs = new List<(int, Survivor, int, RecordSpan)>();
        var record = new ArrayBufferWriter<byte>();
        for (var i = 0; i < _moves.Count;)
        {
            var count = CountWhile(i, SpilledRun.MaxEntries, (first, next) =>
                next.Moved.User == first.Moved.User && next.Moved.Other == first.Moved.Other && next.Moved.IsFromOther && first.Moved.IsFromOther
                && next.Moved.Time - first.Moved.Time <= RunMilliseconds);
            for (var gap = 1; gap < count; gap++)
            {
                if (_moves[i + gap].Moved.Sequence != _moves[i].Moved.Sequence + (ulong)gap) count = gap;
            }

            if (count >= _spillEntries && _moves[i].Moved.IsFromOther)
            {
                record.ResetWrittenCount();
                RunIndex.Write(record, Moves(i, count));
                var bytes = record.WrittenSpan.ToArray();
                RunIndex.Seal(bytes);
                runs.Add((_moves[i].Partition, _moves[i].Moved, count, file.Append(bytes)));
            }

            i += count;
        }

        return runs;
    }

    private int CountWhile(int from, int most, Func<(int Partition, Survivor Moved), (int Partition, Survivor Moved), bool> belongsTo)
    {
        var count = 1;
        while (count < most && from + count < _moves.Count && belongsTo(_moves[from], _moves[from + count])) count++;
        return count;
    }

    private Survivor[] Moves(int from, int count) => [.. _moves.GetRange(from, count).Select(move => move.Moved)];

    private HashSet<int> SparseFiles()
    {
        var needed = new Dictionary<int, long>();
        if (_cold.Numbers.Count > 0) PartitionSurvey.Run(_partitions, _between, slot => slot.Partition.State.Bodies.AddColdBytes(needed));
        return [.. _cold.Numbers.Where(number => needed.GetValueOrDefault(number) < LeastLive * _cold.RecordBytes(number))];
    }

    // A file is also needed while something of it may still be said.
    private HashSet<int> NeededFiles()
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.ColdFileRemovedTooEarly) return [];
#endif
        var needed = new HashSet<int>();
        PartitionSurvey.Run(_partitions, _between, slot =>
        {
            var bytes = new Dictionary<int, long>();
            slot.Partition.State.Bodies.AddColdBytes(bytes);
            needed.UnionWith(bytes.Keys);
            slot.Stored.AddUnsaid(needed);
        });
        return needed;
    }

    private int NextFile()
    {
        if (_lastFile == 0)
        {
            foreach (var number in _cold.Numbers) _lastFile = Math.Max(_lastFile, number);
            PartitionSurvey.Run(_partitions, _between, slot => _lastFile = Math.Max(_lastFile, slot.Partition.State.LastColdFile));
        }

        return ++_lastFile;
    }
}
