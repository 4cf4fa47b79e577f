namespace ChatServer.Core;

/// <summary>The lanes of one partition: outgoing with what is unacknowledged, incoming as the high mark of what was applied.</summary>
internal sealed class Lanes(int partition, int count)
{
    private readonly OutLane?[] _out = new OutLane?[count];
    private readonly ulong[] _applied = new ulong[count];
    private readonly List<OutLane> _unposted = [];

    public int Count => count;

    public bool HasUnposted => _unposted.Count > 0 && (_unposted.Count > 1 || _unposted[0].HasUnposted);

    public ulong Applied(int from) => _applied[from];

    public OutLane To(int to) => _out[to] ??= new OutLane(to);

    public OutLane? Existing(int to) => _out[to];

    public ulong Add(int to, in LaneRecord record)
    {
        Invariant.Holds(to != partition, "a partition needs no lane to itself");
        var lane = To(to);
        if (!lane.HasUnposted) _unposted.Add(lane);
        return lane.Add(record with { From = partition });
    }

    /// <summary>The high mark is committed with the effect: every record that came by lane calls this when it is applied.</summary>
    public void MarkApplied(LaneOrigin origin)
    {
        if (origin.IsLocal) return;
        Invariant.Holds(origin.Number == _applied[origin.From] + 1, "lane records are applied in their order, once");
        _applied[origin.From] = origin.Number;
    }

    public bool TryTakeUnposted(out LaneRecord record)
    {
        while (_unposted.Count > 0)
        {
            var lane = _unposted[^1];
            if (lane.HasUnposted)
            {
                record = lane.TakeUnposted();
                return true;
            }

            _unposted.RemoveAt(_unposted.Count - 1);
        }

        record = default;
        return false;
    }

    internal void RestoreApplied(int from, ulong number) => _applied[from] = number;

    internal void RestoreUnacknowledged(OutLane lane, in LaneRecord record)
    {
        if (!lane.HasUnposted) _unposted.Add(lane);
        lane.RestoreUnacknowledged(record);
    }
}
