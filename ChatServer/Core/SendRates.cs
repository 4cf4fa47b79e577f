namespace ChatServer.Core;

/// <summary>What one user may send: messages and bytes. Volatile; a restart forgives.</summary>
internal sealed class SendRates(CoreLimits limits, ulong now)
{
    private readonly TokenBucket _messages = new(limits.MessagesPerSecond, limits.MessagesBurst, now);
    private readonly TokenBucket _bytes = new(limits.BytesPerSecond, limits.BytesBurst, now);

    public bool TryTake(int payloadBytes, ulong now, out uint retryAfterMilliseconds)
    {
        retryAfterMilliseconds = 0;
        if (!_bytes.Has(payloadBytes, now)) retryAfterMilliseconds = _bytes.MillisecondsUntil(payloadBytes);
        else if (!_messages.TryTake(1, now)) retryAfterMilliseconds = _messages.MillisecondsUntil(1);
        else return _bytes.TryTake(payloadBytes, now);
        return false;
    }
}
