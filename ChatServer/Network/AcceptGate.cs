using System.Net;

namespace ChatServer.Network;

/// <summary>
/// Decides which new connections are let in. Rates are token buckets; addresses that are quiet are forgotten. Any thread, since
/// a connection may end on another loop than the one that let it in; time is passed in, milliseconds that only rise.
/// </summary>
internal sealed class AcceptGate(AcceptLimits limits, int maxConnections, long nowMilliseconds)
{
    private const int RememberedAddresses = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Source> _sources = [];
    private double _tokens = limits.Burst;
    private long _last = nowMilliseconds;
    private int _open;

    /// <summary>Milliseconds to wait before the next accept; 0: now.</summary>
    public long WaitMilliseconds(long nowMilliseconds)
    {
        using var entered = _lock.EnterScope();
        _tokens = Math.Min(limits.Burst, _tokens + (nowMilliseconds - _last) * limits.PerSecond / 1000.0);
        _last = nowMilliseconds;
        if (_open >= maxConnections) return 100;
        return _tokens >= 1 ? 0 : 1 + (long)((1 - _tokens) * 1000 / limits.PerSecond);
    }

    /// <summary>Lets a connection in, which then counts until <see cref="Closed"/>; false: too many from its address.</summary>
    public bool TryEnter(IPAddress address, long nowMilliseconds)
    {
        using var entered = _lock.EnterScope();
        _tokens--;
        if (!limits.Trusted.Contains(address) && !TryCount(address, nowMilliseconds)) return false;
        _open++;
        return true;
    }

    public void Authenticated(IPAddress address)
    {
        using var entered = _lock.EnterScope();
        if (_sources.TryGetValue(address, out var source) && source.Unauthenticated > 0) source.Unauthenticated--;
    }

    /// <param name="unauthenticated">Where it came from, if it never logged in.</param>
    public void Closed(IPAddress? unauthenticated)
    {
        using var entered = _lock.EnterScope();
        _open--;
        if (unauthenticated is not null) Authenticated(unauthenticated);
    }

    private bool TryCount(IPAddress address, long nowMilliseconds)
    {
        if (!_sources.TryGetValue(address, out var source))
        {
            if (_sources.Count >= RememberedAddresses) Forget(nowMilliseconds);
            if (_sources.Count >= RememberedAddresses) return false;
            _sources.Add(address, source = new Source { Tokens = limits.PerSecondPerAddress, Last = nowMilliseconds });
        }

        source.Tokens = Math.Min(limits.PerSecondPerAddress, source.Tokens + (nowMilliseconds - source.Last) * limits.PerSecondPerAddress / 1000.0);
        source.Last = nowMilliseconds;
        if (source.Tokens < 1 || source.Unauthenticated >= limits.UnauthenticatedPerAddress) return false;
        source.Tokens--;
        source.Unauthenticated++;
        return true;
    }

    private void Forget(long nowMilliseconds)
    {
        foreach (var (address, source) in _sources.ToArray())
        {
            if (source.Unauthenticated == 0 && nowMilliseconds - source.Last > 1_000) _sources.Remove(address);
        }
    }

    private sealed class Source
    {
        public double Tokens { get; set; }

        public long Last { get; set; }

        public int Unauthenticated { get; set; }
    }
}
