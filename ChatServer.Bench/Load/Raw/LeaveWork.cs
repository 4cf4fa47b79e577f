using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Users acknowledge what they have and leave; done when the server has closed all of them.</summary>
internal sealed class LeaveWork : IDriverWork
{
    private readonly RawDriver _driver;
    private readonly int _from;
    private readonly int _to;
    private readonly long _began;

    public LeaveWork(RawDriver driver, int from, int to)
    {
        (_driver, _from, _to, _began) = (driver, from, to, driver.Now);
        for (var i = from; i < to; i++) driver.Clients[i].Leave();
    }

    public string? Problem { get; private set; }

    public bool Turn()
    {
        var isDone = true;
        for (var i = _from; i < _to && isDone; i++) isDone = _driver.Clients[i].State == RawClientState.Away;
        if (isDone || Stopwatch.GetElapsedTime(_began, _driver.Now) <= LoadCommands.Patience) return isDone;
        Problem = "not all connections ended";
        return true;
    }
}
