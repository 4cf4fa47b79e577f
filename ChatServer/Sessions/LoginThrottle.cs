using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// Slows the guessing of passwords: five failures for an account from one network (/24, or /64 of IPv6), then one attempt a
/// second, the wait doubling to 15 minutes. By network, so that nobody can lock an owner out who comes from elsewhere;
/// device tokens are not asked here at all. An attempt counts as failed from its beginning, so that a thousand at the same
/// time are not a thousand free guesses; success and withdrawal take it back.
/// One owner, no locks; a clock set back shortens a wait, never lengthens it.
/// </summary>
internal sealed class LoginThrottle
{
    public const int FreeFailures = 5;

    public const int FirstDelayMilliseconds = 1_000;

    public const int LongestDelayMilliseconds = 15 * 60 * 1_000;

    /// <summary>A network that did not try for so long has a clean sheet.</summary>
    public const int ForgetAfterMilliseconds = 60 * 60 * 1_000;

    /// <summary>
    /// Accounts and networks that are remembered; beyond it the one that failed longest ago is forgotten. To push a sheet out
    /// an attacker must fail that often elsewhere, each for one Argon2id hash: eight minutes and more for five guesses.
    /// </summary>
    public const int DefaultCapacity = 65_536;

    private readonly int _capacity;
    private readonly Dictionary<Source, LinkedListNode<Sheet>> _sheets = [];
    private readonly LinkedList<Sheet> _byAge = new();

    public LoginThrottle(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
    }

    /// <summary>Accounts and networks remembered now.</summary>
    public int Count => _sheets.Count;

    /// <summary>Admits an attempt and counts it as failed until told otherwise; false: not before <paramref name="retryAfterMilliseconds"/>.</summary>
    public bool TryBegin(UserId account, IPAddress address, long nowMilliseconds, out int retryAfterMilliseconds)
    {
        Forget(nowMilliseconds);
        var source = Source.Of(account, address);
        retryAfterMilliseconds = 0;
        if (_sheets.TryGetValue(source, out var node))
        {
            var sheet = node.Value;
            var waited = Math.Max(0, nowMilliseconds - sheet.LastMilliseconds);
            if (waited < DelayMilliseconds(sheet.Failures))
            {
                retryAfterMilliseconds = (int)(DelayMilliseconds(sheet.Failures) - waited);
                // Only when the clock was set back: the wait begins again there.
                if (nowMilliseconds < sheet.LastMilliseconds) node.Value = sheet with { LastMilliseconds = nowMilliseconds };
                return false;
            }

            node.Value = sheet with { Failures = Math.Min(sheet.Failures + 1, int.MaxValue - 1), LastMilliseconds = nowMilliseconds };
            _byAge.Remove(node);
            _byAge.AddLast(node);
            return true;
        }

        if (_sheets.Count == _capacity) RemoveOldest();
        _sheets.Add(source, _byAge.AddLast(new Sheet(source, 1, nowMilliseconds)));
        return true;
    }

    /// <summary>The attempt was right: a clean sheet.</summary>
    public void Succeeded(UserId account, IPAddress address)
    {
        if (_sheets.Remove(Source.Of(account, address), out var node)) _byAge.Remove(node);
    }

    /// <summary>The attempt was not judged (busy, connection gone before hashing): it was none.</summary>
    public void Withdraw(UserId account, IPAddress address)
    {
        if (!_sheets.TryGetValue(Source.Of(account, address), out var node)) return;
        if (node.Value.Failures > 1) node.Value = node.Value with { Failures = node.Value.Failures - 1 };
        else Succeeded(account, address);
    }

    private static int DelayMilliseconds(int failures)
    {
        if (failures < FreeFailures) return 0;
        // 2^10 s is above the longest delay; shifting further would overflow.
        var doublings = Math.Min(failures - FreeFailures, 10);
        return Math.Min(FirstDelayMilliseconds << doublings, LongestDelayMilliseconds);
    }

    private void Forget(long nowMilliseconds)
    {
        // Two a call are enough to keep up with one insertion a call, and bound the call.
        for (var i = 0; i < 2 && _byAge.First is { } oldest; i++)
        {
            if (nowMilliseconds - oldest.Value.LastMilliseconds < ForgetAfterMilliseconds) return;
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        if (_byAge.First is not { } oldest) return;
        _byAge.RemoveFirst();
        _sheets.Remove(oldest.Value.Source);
    }

    private readonly record struct Sheet(Source Source, int Failures, long LastMilliseconds);

    private readonly record struct Source(UserId Account, ulong Prefix, bool Six)
    {
        public static Source Of(UserId account, IPAddress address)
        {
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            Span<byte> bytes = stackalloc byte[16];
            if (!address.TryWriteBytes(bytes, out _)) throw new ArgumentException("An address of neither 4 nor 16 bytes", nameof(address));
            return address.AddressFamily == AddressFamily.InterNetworkV6
                ? new Source(account, BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
                : new Source(account, BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8, false);
        }
    }
}
