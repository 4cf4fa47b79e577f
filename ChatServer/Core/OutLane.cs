namespace ChatServer.Core;

/// <summary>
/// What goes to one other partition: numbered, kept until acknowledged. After recovery everything unacknowledged counts as unposted
/// and goes out again; the receiver drops what it has.
/// </summary>
internal sealed class OutLane(int to)
{
    private Ring<LaneRecord> _unacknowledged;
    private int _posted;

    public int To { get; } = to;

    public ulong LastNumber { get; private set; }

    public ref Ring<LaneRecord> Unacknowledged => ref _unacknowledged;

    public bool HasUnposted => _posted < Unacknowledged.Count;

    /// <summary>Volatile: the receiver has everything up to here; not logged yet.</summary>
    public ulong Heard { get; set; }

    public ulong Acknowledged => LastNumber - (ulong)Unacknowledged.Count;

    public ulong Add(in LaneRecord record)
    {
        LastNumber++;
        Unacknowledged.Add(record with { To = To, Number = LastNumber });
        return LastNumber;
    }

    public LaneRecord TakeUnposted() => Unacknowledged[_posted++];

    public LaneRecord RemoveAcknowledged()
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.LanePostsSkipped) return Unacknowledged.RemoveFirst();
#endif
        if (_posted > 0) _posted--;
        return Unacknowledged.RemoveFirst();
    }

    internal void Restore(ulong lastNumber) => LastNumber = lastNumber;

    internal void RestoreUnacknowledged(in LaneRecord record) => Unacknowledged.Add(record);
}
