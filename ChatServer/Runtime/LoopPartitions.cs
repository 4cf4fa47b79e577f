using ChatServer.Core;
using ChatServer.Core.Records;
using ChatServer.Storage;

namespace ChatServer.Runtime;

/// <summary>
/// The partitions of one loop and the drain under way: who takes part in it, what goes by lane, and its end as one batch in the log.
/// </summary>
internal sealed class LoopPartitions
{
    private readonly ICommitLog _log;
    private readonly Turn _turn;
    private readonly PartitionSlot?[] _slots;
    private readonly List<PartitionSlot> _entered = [];
    private readonly List<Section> _sections = [];
    private readonly List<(int From, int To, ulong Number)> _applied = [];
    private readonly List<Mail.Lane> _leaving = [];
    private readonly Queue<HeldOutputs> _held = [];
    private readonly Stack<HeldOutputs> _spareOutputs = [];
    private readonly List<PartitionSlot> _withTick = [];
    private readonly List<PartitionSlot> _wanting = [];
    private readonly HashSet<PartitionSlot> _letting = [];
    private readonly SectionPool _pool = new();
    private ulong _said;
    private byte[] _scratch = []; // made when something has to be read from the log
    private SectionAddress[] _addresses = new SectionAddress[64];

    public LoopPartitions(ICommitLog log, Turn turn, PartitionSlot?[] slots, ulong lastBatch)
    {
        LastBatch = lastBatch;
        _log = log;
        _turn = turn;
        _slots = slots;
        foreach (var slot in Slots) slot.Sections = _pool;
    }

    /// <summary>The newest batch of this loop; what logs nothing rests on it.</summary>
    public ulong LastBatch { get; private set; }

    /// <summary>Drains whose outputs wait for their batch.</summary>
    public int HeldDrains => _held.Count;

    public bool HasTickWork => _withTick.Count > 0;

    /// <summary>Partitions take part in a drain that has not ended.</summary>
    public bool HasEntered => _entered.Count > 0;

    /// <summary>Spilled entries are still to be taken back, or lanes to be run: the next drain should be soon.</summary>
    public bool HasWanted => _wanting.Count > 0;

    /// <summary>Spilled runs that were taken back into memory since the start.</summary>
    public long TakenBack { get; private set; }

    /// <summary>A drain's batch was refused by the log: nothing is taken in until it is accepted.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>What became of every message, in the partitions of this loop. Between two drains.</summary>
    public MessageAccount Account
    {
        get
        {
            var account = default(MessageAccount);
            foreach (var slot in _slots)
            {
                if (slot is not null) account += slot.Partition.State.Account;
            }

            return account;
        }
    }

    /// <summary>The partitions of this loop.</summary>
    public IEnumerable<PartitionSlot> Slots => _slots.OfType<PartitionSlot>();

    public bool Owns(int partition) => _slots[partition] is not null;

    public PartitionSlot Slot(int partition) => _slots[partition] ?? throw new InvalidOperationException($"Partition {partition} belongs to another loop");

    /// <summary>A partition, ready for an input in this drain.</summary>
    public Partition Enter(int partition)
    {
        var slot = Slot(partition);
        if (slot.IsEntered) return slot.Partition;
        slot.Enter();
        _entered.Add(slot);
        return slot.Partition;
    }

    /// <summary>Whether the drain has to end before another input: the worst one must still fit the batch.</summary>
    public bool IsFull() => _pool.DrainBytes > _log.MaxBatchBytes / 4;

    public void Receive(in LaneRecord record, ReadOnlySpan<byte> payload)
    {
        Enter(record.To).Receive(record, payload);
        _applied.Add((record.From, record.To, record.Number));
    }

    /// <summary>The other end of a lane has applied it up to a number.</summary>
    public void Hear(int from, int to, ulong upTo)
    {
        var slot = Slot(from);
        if (slot.Partition.Hear(to, upTo)) Enter(from).Tick();
        else if (slot.Partition.HasTickWork && !_withTick.Contains(slot)) _withTick.Add(slot);
    }

    public void Tick()
    {
        foreach (var slot in _withTick) Enter(slot.Partition.Id).Tick();
        _withTick.Clear();
    }

    /// <summary>After recovery: what was not acknowledged on any lane goes out again.</summary>
    public void EnterAllWithPosts()
    {
        foreach (var slot in _slots)
        {
            if (slot is not null) Enter(slot.Partition.Id);
        }
    }

    /// <summary>
    /// Ends the drain: lanes within the loop run dry, then everything is one batch. False: the log refused it; the drain stays as it
    /// is and is offered again before any further input.
    /// </summary>
    public bool TryEndDrain(Action<Mail.Lane> sendToOtherLoop, Action<int, int, ulong> tellApplied)
    {
        if (!IsBlocked)
        {
            TakeBackSpilled();
            RunLanes();
            foreach (var slot in _entered) slot.Partition.EndTurn();
        }

        if (!TryAppend(out var batch, out var hasRecords))
        {
            IsBlocked = true;
            return false;
        }

        IsBlocked = false;
        var isAwaited = HoldOutputs(hasRecords);
        for (var i = 0; i < _entered.Count; i++)
        {
            _entered[i].Leave(_addresses[i], batch);
            if (_entered[i].Stored.HasToLetGo) _letting.Add(_entered[i]);
        }

        _entered.Clear();
        _pool.DrainBytes = 0;
        foreach (var mail in _leaving) sendToOtherLoop(mail);
        _leaving.Clear();
        foreach (var (from, to, number) in _applied) tellApplied(from, to, number);
        _applied.Clear();
        // Last: it may take as long as a commit, and other loops go on meanwhile with what they were told.
        if (isAwaited) _log.RequestCommit();
        return true;
    }

    /// <summary>Says what is durable.</summary>
    public void Release(HeldOutputs.Speaker speaker)
    {
        var durable = _log.Durable;
        while (_held.TryPeek(out var outputs) && outputs.TryRelease(durable, speaker))
        {
            _held.Dequeue();
            outputs.Clear();
            _spareOutputs.Push(outputs);
        }

        _said = _held.TryPeek(out var next) ? next.RestsOn - 1 : durable.BatchNumber;
    }

    /// <summary>Lets go what was said and is not needed any more, and keeps the payloads in memory below a budget, shared evenly.</summary>
    public void LetGo(long budgetBytes)
    {
        if (_letting.Count == 0) return;
        var durable = _log.Durable.BatchNumber;
        foreach (var slot in _letting)
        {
            slot.Stored.Forget(_said, _pool);
            slot.Stored.Evict(budgetBytes / _slots.Length, durable, _pool);
            if (!slot.Stored.HasToLetGo) _letting.Remove(slot);
        }
    }

    public ReadOnlySpan<byte> Body(int partition, BodyRef body) => Slot(partition).Stored.Body(body, ref _scratch);

    // As much as fits the batch; the rest in the next drain.
    private void TakeBackSpilled()
    {
        foreach (var slot in _wanting) Enter(slot.Partition.Id);
        _wanting.Clear();
        foreach (var slot in _entered)
        {
            while (!IsFull() && slot.Partition.TryPeekWanted(out var run))
            {
                slot.Partition.Unspill(slot.Stored.Body(run.IndexBody, ref _scratch));
                TakenBack++;
            }

            if (slot.Partition.TryPeekWanted(out _)) _wanting.Add(slot);
        }
    }

    // Records for partitions of this loop are applied in the same drain; one batch holds cause and effect.
    // What a send causes can be larger than the send: what does not fit stays on its lanes, where it is durable, for the next drain.
    private void RunLanes()
    {
        for (var i = 0; i < _entered.Count && HasRoomForEffects(); i++)
        {
            var source = _entered[i];
            while (HasRoomForEffects() && source.Partition.TryTakePost(out var record))
            {
                if (Owns(record.To)) Receive(record, PayloadOf(source, record));
                else _leaving.Add(new Mail.Lane(record, PayloadOf(source, record).ToArray()));
            }

            // A later one may have sent back to one that is done.
            if (i == _entered.Count - 1 && HasUnposted()) i = -1;
        }

        foreach (var slot in _entered)
        {
            if (slot.Partition.State.Lanes.HasUnposted && !_wanting.Contains(slot)) _wanting.Add(slot);
        }
    }

    private bool HasRoomForEffects() => _pool.DrainBytes <= _log.MaxBatchBytes / 4 * 3;

    private bool HasUnposted()
    {
        foreach (var slot in _entered)
        {
            if (slot.Partition.State.Lanes.HasUnposted) return true;
        }

        return false;
    }

    private ReadOnlySpan<byte> PayloadOf(PartitionSlot source, in LaneRecord record)
    {
        if (record.Body.IsNone) return default;
        var current = source.Partition.Section;
        var body = current is not null && current.Number == record.Body.Section ? current.Body(record.Body.Record) : source.Stored.Body(record.Body, ref _scratch);
        var reader = new RecordReader(body);
        return Authored.Read(ref reader).Payload;
    }

    private bool TryAppend(out ulong batch, out bool hasRecords)
    {
        _sections.Clear();
        if (_addresses.Length < _entered.Count) _addresses = new SectionAddress[_slots.Length];

        // Sections without records go to the end, so that addresses stay beside their slots.
        _entered.Sort(static (a, b) => (b.Partition.Section?.RecordCount > 0).CompareTo(a.Partition.Section?.RecordCount > 0));
        foreach (var slot in _entered)
        {
            if (slot.Partition.Section is { RecordCount: > 0 } section) _sections.Add(section);
        }

        hasRecords = _sections.Count > 0;
        batch = LastBatch;
        if (!hasRecords) return true;
        var sections = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sections);
        if (!_log.TryAppend(sections, _addresses.AsSpan(0, sections.Length), out batch)) return false;
        LastBatch = batch;
        return true;
    }

    // True: somebody waits for what is not durable yet.
    private bool HoldOutputs(bool hasRecords)
    {
        var outputs = _turn.Outputs;
        if (outputs.Count == 0) return false;
        outputs.RestOn(LastBatch);
        _held.Enqueue(outputs);
        _turn.Outputs = _spareOutputs.TryPop(out var spare) ? spare : new HeldOutputs();
        return outputs.IsAwaited && (hasRecords || _log.Durable.BatchNumber < LastBatch);
    }
}
