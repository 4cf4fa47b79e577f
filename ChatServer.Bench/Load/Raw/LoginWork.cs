using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Users log in and leave as soon as they are welcome, in turn, so many at a time, for a while. Each was there before and has its token.</summary>
internal sealed class LoginWork(RawDriver driver, int concurrent, double seconds) : IDriverWork
{
    private readonly long _until = driver.Now + (long)(seconds * Stopwatch.Frequency);
    private readonly List<RawClient> _under = [];
    private int _next;

    public string? Problem { get; private set; }

    public bool Turn()
    {
        for (var i = _under.Count - 1; i >= 0; i--)
        {
            var client = _under[i];
            if (client.State == RawClientState.Greeting) continue;
            if (client.State == RawClientState.Open) client.Close(reset: false);
            else if (!client.IsPostponed) Problem ??= driver.Failures.FirstOrDefault() ?? $"{client.User}: the connection ended at login";
            _under[i] = _under[^1];
            _under.RemoveAt(_under.Count - 1);
        }

        if (Problem is not null) return true;
        if (driver.Now >= _until) return _under.Count == 0;
        for (var looked = 0; _under.Count < concurrent && looked < driver.Clients.Length; looked++)
        {
            var client = driver.Clients[_next];
            _next = _next + 1 < driver.Clients.Length ? _next + 1 : 0;
            if (client.State != RawClientState.Away) continue;
            client.Connect(driver.Now);
            _under.Add(client);
        }

        return false;
    }
}
