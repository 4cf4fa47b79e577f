using System.Globalization;
using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Runtime;
using ChatServer.Storage;

namespace ChatServer.Host;

/// <summary>
/// <c>chatserver log verify</c>: reads every byte of a data directory that no server holds. The state is made from the older
/// checkpoint and from the newer one, and both have to come to the same. Never shows payloads.
/// </summary>
internal sealed class LogVerification
{
    private const int SectionsPerSign = 100_000;

    private readonly StoredLog _log;
    private readonly TextWriter _progress;
    private readonly PartitionMap _map;
    private readonly SortedDictionary<byte, (long Count, long Bytes)> _records = [];
    private long _sections;

    private LogVerification(StoredLog log, TextWriter progress)
    {
        _log = log;
        _progress = progress;
        _map = new PartitionMap(log.Directory.PartitionCount, log.Directory.HashSeed);
    }

    /// <summary>
    /// Writes what was verified, and what is damaged without anything being lost by it; whether nothing is, and the last batch.
    /// </summary>
    /// <exception cref="StorageException">Something that was acknowledged is missing or not as it was written.</exception>
    public static (bool IsWhole, CommitMark Last) Run(StoredLog log, TextWriter output, TextWriter progress)
    {
        var damage = new List<string>();
        var last = new LogVerification(log, progress).Run(output, damage);
        foreach (var line in damage) progress.WriteLine($"damaged, nothing is lost: {line}");
        return (damage.Count == 0, last);
    }

    private CommitMark Run(TextWriter output, List<string> damage)
    {
        if (!_log.SlotsAreWhole) damage.Add($"{_log.SlotsPath}: one of the two slots does not verify; the other does");
        damage.AddRange(_log.StrayBytes());
        var recoveries = LoadCheckpoints(damage);
        var last = Replay(recoveries[0], Count);
        if (_log.LeftBehind is { } left) damage.Add(left);
        for (var i = 1; i < recoveries.Count; i++)
        {
            Replay(recoveries[i], (_, _) => { });
            RequireSame(recoveries[0], recoveries[i]);
        }

        foreach (var number in _log.Cold.Numbers)
        {
            _log.Cold.Verify(number);
            _progress.WriteLine(Line($"cold file {number}"));
        }

        recoveries[0].RequirePayloads(_log.Holds, _log.Cold);
        var account = recoveries[0].States.Aggregate(default(MessageAccount), (sum, state) => sum + state.Account);
        output.WriteLine(Line($"verified batches up to {last.Number}, {_sections} sections, {_records.Values.Sum(of => of.Count)} records, {recoveries[0].Users} users"));
        output.WriteLine(Line($"the log is from {_log.BeginAddress} to {last.EndAddress}, {_log.DiskBytes} bytes on disk; {_log.Cold.Numbers.Count} cold files, {_log.Cold.DiskBytes} bytes; {_log.Checkpoints.Numbers.Count} checkpoints"));
        output.WriteLine(Line($"taken {account.Taken}, accepted {account.Accepted}; entered {account.Entered}, delivered {account.Delivered}, waiting {account.Waiting}, expired {account.Expired}; unaccounted {account.Unaccounted}"));
        foreach (var (kind, (count, bytes)) in _records) output.WriteLine(Line($"{(RecordKind)kind,-22} {count,12} {bytes,16} bytes"));
        return last;
    }

    // The older one first: behind it is the most to replay.
    private List<ShardRecovery> LoadCheckpoints(List<string> damage)
    {
        var recoveries = new List<ShardRecovery>();
        foreach (var number in _log.Checkpoints.Numbers.Reverse())
        {
            try
            {
                recoveries.Add(CheckpointLoading.Load(_log.Checkpoints, number, _map, new CoreLimits()));
            }
            catch (StorageException refusal)
            {
                damage.Add(refusal.Message);
            }
        }

        // The log alone tells everything as long as nothing of it was released.
        if (_log.BeginAddress == 0) recoveries.Insert(0, new ShardRecovery(Enumerable.Range(0, _map.Count).Select(id => new PartitionState(id, _map, new CoreLimits())).ToArray()));
        return recoveries.Count > 0 ? recoveries : throw new StorageException(string.Join("; ", damage.DefaultIfEmpty($"{_log.Directory.FullPath}: the checkpoints are missing, and the log does not begin with its first batch")));
    }

    private CommitMark Replay(ShardRecovery recovery, ReplaySection count)
    {
        try
        {
            return _log.Read(recovery.Start, (batch, section) =>
            {
                recovery.Replay(batch, section);
                count(batch, section);
            });
        }
        catch (InvalidDataException refusal)
        {
            throw new StorageException(refusal.Message, refusal);
        }
    }

    private void Count(ulong batch, RecoveredSection section)
    {
        foreach (var record in section)
        {
            var (count, bytes) = _records.GetValueOrDefault(record.Kind);
            _records[record.Kind] = (count + 1, bytes + record.Span.Length);
        }

        if (++_sections % SectionsPerSign == 0) _progress.WriteLine(Line($"batch {batch}, {_sections} sections"));
    }

    private void RequireSame(ShardRecovery one, ShardRecovery other)
    {
        for (var id = 0; id < one.States.Length; id++)
        {
            if (!PartitionSnapshot.Write(one.States[id]).AsSpan().SequenceEqual(PartitionSnapshot.Write(other.States[id])))
                throw new StorageException($"{_log.Checkpoints.PathOf(other.Checkpoints.Kept[^1].Number)}: partition {id} does not come to what the log before it says");
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
