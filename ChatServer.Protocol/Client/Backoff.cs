namespace ChatServer.Protocol.Client;

/// <summary>
/// The wait before the next connection attempt: doubles with each failure in a row, at least half of it by chance, so that clients
/// that lost the same server do not come back as one; never less than the server asked for. Not thread-safe.
/// </summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max, Func<double> chance)
{
    /// <summary>The share by which a time that the server asked for is stretched at most.</summary>
    private const double Stretch = 0.1;

    private int _failures;

    /// <summary>A session was open: the next failure is the first again.</summary>
    public void Reset() => _failures = 0;

    public TimeSpan Next(TimeSpan retryAfter)
    {
        var doubled = min * Math.Pow(2, Math.Min(_failures, 30));
        _failures++;
        var delay = (doubled < max ? doubled : max) * (0.5 + (chance() / 2));
        var asked = retryAfter * (1 + (Stretch * chance()));
        return delay > asked ? delay : asked;
    }
}
