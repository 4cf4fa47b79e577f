namespace ChatServer.Core;

/// <summary>
/// The token bucket of RFC 2697's family: a rate in the long run, a burst at once. Time is passed in, milliseconds; a clock that
/// steps back gives nothing, and counts on from there: a clock set right by an hour must not silence anybody for that hour.
/// </summary>
internal sealed class TokenBucket(double perSecond, double burst, ulong nowMilliseconds)
{
    private readonly double _burst = burst;
    private double _tokens = burst;
    private ulong _last = nowMilliseconds;

    public bool TryTake(double amount, ulong nowMilliseconds)
    {
        Refill(nowMilliseconds);
        if (_tokens < amount) return false;
        _tokens -= amount;
        return true;
    }

    public bool Has(double amount, ulong nowMilliseconds)
    {
        Refill(nowMilliseconds);
        return _tokens >= amount;
    }

    /// <summary>Time until so much is there, at least one millisecond.</summary>
    public uint MillisecondsUntil(double amount) => (uint)Math.Clamp((Math.Min(amount, _burst) - _tokens) / perSecond * 1000, 1, 3_600_000);

    private void Refill(ulong nowMilliseconds)
    {
#if MUTANTS
        if (PlantedBugs.Active == PlantedBug.ClockBackSilences && nowMilliseconds <= _last) return;
#endif
        // A clock that was set back: from here on it counts again, or nothing would be given until it has caught up.
        if (nowMilliseconds < _last) _last = nowMilliseconds;
        _tokens = Math.Min(_burst, _tokens + (nowMilliseconds - _last) / 1000.0 * perSecond);
        _last = nowMilliseconds;
    }
}
