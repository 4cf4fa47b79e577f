namespace ChatServer.Sessions;

/// <summary>
/// A rate with a burst: <c>burst</c> at once, then <c>perSecond</c>. Counts thousandths, so that a rate a second is as many
/// a millisecond and nothing is lost by rounding. A mutable struct: keep it in a field, not behind a readonly one.
/// </summary>
internal struct TokenBucket
{
    private const long Unit = 1_000;

    private readonly int _perSecond;
    private readonly int _burst;
    private long _thousandths;
    private long _lastMilliseconds;

    public TokenBucket(int perSecond, int burst, long nowMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(burst);
        _perSecond = perSecond;
        _burst = burst;
        _thousandths = burst * Unit;
        _lastMilliseconds = nowMilliseconds;
    }

    /// <summary>Takes <paramref name="count"/> or nothing.</summary>
    public bool TryTake(long nowMilliseconds, int count = 1)
    {
        Refill(nowMilliseconds);
        if (_thousandths < count * Unit) return false;
        _thousandths -= count * Unit;
        return true;
    }

    /// <summary>
    /// Milliseconds until <paramref name="count"/> can be had if nobody else takes any; 0 = now. More than the burst can never
    /// be had at once: asking for it is a bug.
    /// </summary>
    public int RetryAfterMilliseconds(long nowMilliseconds, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _burst);
        Refill(nowMilliseconds);
        var missing = (count * Unit) - _thousandths;
        return missing <= 0 ? 0 : (int)((missing + _perSecond - 1) / _perSecond);
    }

    private void Refill(long nowMilliseconds)
    {
        // A clock that was set back must not stop the refill until it has caught up, so it counts from there; what is gained
        // by setting it to and fro is at most one burst.
        var elapsed = nowMilliseconds - _lastMilliseconds;
        _lastMilliseconds = nowMilliseconds;
        if (elapsed <= 0) return;
        var room = (_burst * Unit) - _thousandths;
        // Divided, not multiplied: a clock that jumps by years must not overflow.
        _thousandths += elapsed > room / _perSecond ? room : elapsed * _perSecond;
    }
}
