using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Users log in, so many at a time; those who are told to wait try again.</summary>
/// <param name="driver">Whose users.</param>
/// <param name="range">The first, and the one behind the last.</param>
/// <param name="concurrent">At a time.</param>
/// <param name="since">What all are timed from; null: each from its own beginning.</param>
internal sealed class ConnectWork(RawDriver driver, Range range, int concurrent, long? since = null) : IDriverWork
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(20);

    private readonly Queue<(RawClient Client, long Since)> _again = new();
    private readonly List<(RawClient Client, long Since)> _greeting = [];
    private int _next = range.Start.Value;
    private long _retryAt;
    private int _lastOpen = -1;
    private long _movedAt = driver.Now;

    public string? Problem { get; private set; }

    public bool Turn()
    {
        for (var i = _greeting.Count - 1; i >= 0; i--)
        {
            var (client, began) = _greeting[i];
            if (client.State == RawClientState.Greeting) continue;
            _greeting[i] = _greeting[^1];
            _greeting.RemoveAt(_greeting.Count - 1);
            if (client.State == RawClientState.Open) continue;
            if (client.IsPostponed && _again.Count == 0) _retryAt = driver.Now + (long)(RetryAfter.TotalSeconds * Stopwatch.Frequency);
            if (client.IsPostponed) _again.Enqueue((client, began));
            else Problem ??= driver.Failures.FirstOrDefault() ?? $"{client.User}: the connection ended at login";
        }

        while (Problem is null && _greeting.Count < concurrent && TryNext() is { } next)
        {
            next.Client.Connect(next.Since);
            _greeting.Add(next);
        }

        if (Problem is not null || (_greeting.Count == 0 && _again.Count == 0 && _next == range.End.Value)) return true;
        if (driver.Connected != _lastOpen) (_lastOpen, _movedAt) = (driver.Connected, driver.Now);
        if (Stopwatch.GetElapsedTime(_movedAt, driver.Now) <= LoadCommands.Patience) return false;
        Problem = $"{range.End.Value} users were to log in, and nothing moves with {driver.Connected} logged in";
        return true;
    }

    private (RawClient Client, long Since)? TryNext()
    {
        while (_next < range.End.Value)
        {
            var client = driver.Clients[_next++];
            if (client.State == RawClientState.Away) return (client, since ?? driver.Now);
        }

        return driver.Now >= _retryAt && _again.TryDequeue(out var again) ? again : null;
    }
}
