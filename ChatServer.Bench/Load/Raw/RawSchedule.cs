using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// Sends at a rate, whatever becomes of them: each is due at its own moment and is timed from it, so that a server that falls behind is
/// seen to. The same distance lies between all, and users take turns.
/// </summary>
internal sealed class RawSchedule(RawDriver driver)
{
    private double _perSecond;
    private long _start;
    private long _count;
    private int _from;
    private int _to;

    /// <summary>When the next send is due.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    public void Set(double perSecond, int from, int to, long at)
    {
        (_perSecond, _from, _to, _start, _count) = (perSecond, from, to, Math.Max(at, driver.Now), 0);
        NextDue = perSecond > 0 ? _start : long.MaxValue;
    }

    public void Turn()
    {
        while (NextDue <= driver.Now)
        {
            driver.Clients[_from + (int)(_count % (_to - _from))].Chat.SendDue(NextDue);
            _count++;
            NextDue = _start + (long)(_count * Stopwatch.Frequency / _perSecond);
        }
    }
}
