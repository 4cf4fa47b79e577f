namespace ChatServer.Bench.Checking;

/// <summary>
/// The record of a run that lives outside the server: what was sent, promised and received. 32 bytes a message. Members may be called
/// from any thread; one lock a sender.
/// </summary>
public sealed class Ledger
{
    private readonly SenderHistory[] _senders;
    private long _invented;
    private long _gaps;

    public Ledger(int senders) => _senders = [.. Enumerable.Range(0, senders).Select(_ => new SenderHistory())];

    /// <summary>A sender gives a message its number: 1, 2, 3 …</summary>
    public void Sent(int sender, ulong number, int recipient, ulong hash) => _senders[sender].Sent(number, recipient, hash);

    /// <summary>The server promises a message its place in the conversation.</summary>
    public void Acknowledged(int sender, ulong number, ulong sequence) => _senders[sender].Acknowledged(number, sequence);

    /// <summary>
    /// A recipient keeps a message. The same at the same sequence may come again: a recipient that lost its connection cannot know
    /// whether its acknowledgement arrived.
    /// </summary>
    public void Received(int recipient, int sender, ulong number, ulong sequence, ulong hash)
    {
        if ((uint)sender >= (uint)_senders.Length || !_senders[sender].Received(recipient, number, sequence, hash)) Interlocked.Increment(ref _invented);
    }

    /// <summary>An entry names a predecessor that the recipient has not had.</summary>
    public void Gap() => Interlocked.Increment(ref _gaps);

    public long ReceivedCount => _senders.Sum(sender => sender.ReceivedCount);

    public long AcknowledgedCount => _senders.Sum(sender => sender.AcknowledgedCount);

    /// <summary>Whether all that was promised was received.</summary>
    public bool IsDrained => _senders.All(sender => sender.IsDrained);

    public Verdict Judge() => new()
    {
        Sent = _senders.Sum(sender => sender.SentCount),
        Acknowledged = AcknowledgedCount,
        Received = ReceivedCount,
        Lost = _senders.Sum(sender => sender.Lost()),
        Duplicated = _senders.Sum(sender => sender.Duplicated),
        Reordered = _senders.Sum(sender => sender.Reordered),
        PayloadMismatches = _senders.Sum(sender => sender.Mismatched),
        Contradicted = _senders.Sum(sender => sender.Contradicted),
        Invented = Interlocked.Read(ref _invented),
        Gaps = Interlocked.Read(ref _gaps),
    };
}
