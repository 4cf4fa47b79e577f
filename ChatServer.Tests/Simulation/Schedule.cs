namespace ChatServer.Tests.Simulation;

/// <summary>What happens next: events in the order of their time, and of their making where the times are equal.</summary>
internal sealed class Schedule(SimulatedTime time)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;

    public long Now => time.Now;

    public int Count => _events.Count;

    public void At(long microseconds, Action act) => _events.Enqueue(act, (Math.Max(microseconds, time.Now), ++_order));

    public void After(long microseconds, Action act) => At(time.Now + microseconds, act);

    /// <summary>Lets the next event happen; false when there is none up to a time, which it is then.</summary>
    public bool TryStep(long until)
    {
        if (!_events.TryPeek(out var act, out var due) || due.At > until)
        {
            time.Now = Math.Max(time.Now, until);
            return false;
        }

        _events.Dequeue();
        time.Now = due.At;
        act();
        return true;
    }
}
