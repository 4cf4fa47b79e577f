using ChatServer.Bench.Checking;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// Judges while a run goes on, for some tens of nanoseconds a message: both ends of every conversation are in one process, so each
/// delivery is held against the very message that was sent, every byte of it, and each place against what the other end was told. Counts
/// what <see cref="HistoryChecker"/> counts, by the same names. One thread.
/// </summary>
internal sealed class RawVerifier(RawRecorder? recorder = null)
{
    private readonly List<RawPeer> _peers = [];
    private long _duplicated;
    private long _reordered;
    private long _payloadMismatches;
    private long _gaps;
    private long _contradicted;
    private long _invented;
    private long _fallenMarks;
    private long _falseMarks;
    private long _open;
    private Violation? _first;

    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    public long Received { get; private set; }

    public long Refused { get; private set; }

    public long Redelivered { get; private set; }

    /// <summary>Sends without a final answer.</summary>
    public long Open => _open;

    /// <summary>Promised and not received yet.</summary>
    public long Owed { get; private set; }

    /// <summary>What was found so far, of all kinds.</summary>
    public long Faults => _duplicated + _reordered + _payloadMismatches + _gaps + _contradicted + _invented + _fallenMarks + _falseMarks;

    /// <summary>The first thing that was found, in a sentence.</summary>
    public string? First => _first?.ToString();

    /// <summary>A conversation begins.</summary>
    public (RawPeer First, RawPeer Second) Join(int first, UserId firstUser, int second, UserId secondUser)
    {
        var pair = RawPeer.Pair(first, firstUser, second, secondUser);
        _peers.Add(pair.First);
        _peers.Add(pair.Second);
        recorder?.Joined(pair.First);
        return pair;
    }

    /// <summary>A message is about to be sent; its count in <see cref="RawPeer.Outgoing"/>.</summary>
    public long Sending(RawPeer peer, ulong number, long due, ReadOnlySpan<byte> payload)
    {
        recorder?.Sending(peer, number, payload);
        Sent++;
        _open++;
        peer.Places.Sent++;
        return peer.Outgoing.Add(number, due, payload.Length);
    }

    /// <summary>The server promises a message; false: it had been answered before, or the answer cannot be.</summary>
    public bool Answered(RawPeer peer, long index, uint attempt, in SentFrame sent)
    {
        recorder?.Answered(peer, attempt, sent);
        ref var message = ref peer.Outgoing[index];
        if (message.Number != sent.SendNumber || (message.State & SentState.Refused) != 0)
        {
            Find(ref _invented, Property.P2, $"{peer.Owner} was answered for send {sent.SendNumber}, which it never sent, or which was refused");
            return false;
        }

        if (sent.Conversation.User != peer.User)
        {
            Find(ref _contradicted, Property.P2, $"the answer to send {sent.SendNumber} of {peer.Owner} names {sent.Conversation}");
            return false;
        }

        var isFirst = (message.State & SentState.Answered) == 0;
        if (message.Sequence != 0 && message.Sequence != sent.Sequence)
        {
            if (isFirst) Find(ref _reordered, Property.P3, $"send {sent.SendNumber} of {peer.Owner} was delivered as {message.Sequence} and answered as {sent.Sequence}");
            else Find(ref _contradicted, Property.P2, $"send {sent.SendNumber} of {peer.Owner} was answered with the place {message.Sequence}, then with {sent.Sequence}");
        }
        else
        {
            Place(peer, ref message, sent.Sequence, sent.ServerTime);
        }

        if (!isFirst) return false;
        message.State |= SentState.Answered;
        _open--;
        if (sent.Durability >= Durability.Disk)
        {
            Acknowledged++;
            if ((message.State & SentState.Delivered) == 0) Owed++;
        }

        if (peer.Outgoing.First == index) peer.Outgoing.Retire();
        return true;
    }

    /// <summary>The server refuses a message for good; false: it had been answered before.</summary>
    public bool Refuse(RawPeer peer, long index, uint attempt, ulong number, ErrorCode code)
    {
        recorder?.Refused(peer, attempt, number, code);
        ref var message = ref peer.Outgoing[index];
        if (message.Number != number || message.Sequence != 0)
        {
            Find(ref _invented, Property.P2, $"send {number} of {peer.Owner} was refused with {code} and has the place {message.Sequence}");
            return false;
        }

        if ((message.State & SentState.Refused) != 0) return false;
        message.State |= SentState.Refused;
        Refused++;
        _open--;
        peer.Places.Sent--;
        peer.Outgoing.Retire();
        return true;
    }

    /// <summary>An answer for a number that the device never used.</summary>
    public void Invent(int user, ulong number) => Find(ref _invented, Property.P2, $"{user} was answered for send {number}, which it never sent");

    /// <summary>The server's memory of a device's numbers at its login.</summary>
    public void Opened(int user, uint attempt, ulong lastNumber, ulong settled, ulong highest)
    {
        recorder?.Opened(user, attempt, lastNumber);
        if (lastNumber < settled || lastNumber > highest)
            Find(ref _contradicted, Property.P2, $"the server knows of send {lastNumber} of {user}, of which {settled} were answered and {highest} is the highest");
    }

    /// <summary>A message came; false: it is none that was sent here, or the device has it.</summary>
    public bool Delivered(RawPeer peer, uint attempt, in MessageFrame message)
    {
        recorder?.Delivered(peer, attempt, message);
        var isInOrder = Chain(peer, attempt, message);
        var incoming = peer.Incoming;
        var index = peer.NextIncoming;
        if (message.Sender != peer.User || !incoming.Has(index) || incoming[index].Number != message.SendNumber)
        {
            if (message.Sender != peer.User || !incoming.TryFind(message.SendNumber, out index)) return Unknown(peer, message);
        }

        ref var sent = ref incoming[index];
        if (message.Payload.Length != sent.Bytes || !LoadPayload.IsThat(message.Payload.Span, peer.Other, sent.Number, sent.Due))
        {
            Find(ref _payloadMismatches, Property.P2, $"send {sent.Number} of {peer.Other} came to {peer.Owner} with other bytes than were sent");
            return false;
        }

        if ((sent.State & SentState.Refused) != 0)
        {
            Find(ref _invented, Property.P2, $"send {sent.Number} of {peer.Other} was refused and came to {peer.Owner}");
            return false;
        }

        return Keep(peer, index, ref sent, message, isInOrder);
    }

    /// <summary>A device says how far it is.</summary>
    public void Reporting(RawPeer peer) => recorder?.Reporting(peer, peer.KeptUpTo, peer.ReadUpTo);

    /// <summary>The server says how far the other user is.</summary>
    public void Marked(RawPeer peer, uint attempt, in MarkItem mark)
    {
        recorder?.Marked(peer, attempt, mark);
        if (mark.DeliveredUpTo < peer.MarkedDelivered || mark.ReadUpTo < peer.MarkedRead)
            Find(ref _fallenMarks, Property.P5, $"{peer.Owner} was told that {peer.Other} has {peer.MarkedDelivered}, then {mark.DeliveredUpTo}");
        (peer.MarkedDelivered, peer.MarkedRead) = (Math.Max(peer.MarkedDelivered, mark.DeliveredUpTo), Math.Max(peer.MarkedRead, mark.ReadUpTo));

        // What the other has not got yet cannot lie below the mark.
        var next = peer.Mirror.NextIncoming;
        if (peer.Outgoing.Has(next) && peer.Outgoing[next].Sequence is not 0 and var place && place <= Math.Max(mark.DeliveredUpTo, mark.ReadUpTo))
            Find(ref _falseMarks, Property.P5, $"{peer.Owner} was told that {peer.Other} has {mark.DeliveredUpTo}, and {place} had not come there");
    }

    /// <summary>What it comes to, as if this were the end.</summary>
    public Verdict Judge()
    {
        long lost = 0;
        foreach (var peer in _peers)
        {
            for (var i = peer.Outgoing.First; i < peer.Outgoing.Next; i++)
            {
                if (peer.Outgoing[i].State != SentState.Answered) continue;
                lost++;
                _first ??= new Violation(Property.P1, 0, $"{peer.Other} never got send {peer.Outgoing[i].Number} of {peer.Owner}, which was promised the place {peer.Outgoing[i].Sequence}");
            }
        }

        var (gaps, reordered) = (_gaps, _reordered);
        foreach (var peer in _peers.Where(peer => peer.Owner < peer.Other))
        {
            if (peer.Places.IsGapless()) continue;
            if (peer.Places.Highest > (ulong)peer.Places.Count) gaps++;
            else reordered++;
            _first ??= new Violation(Property.P3, 0, $"{peer.Places.Count} messages between {peer.Owner} and {peer.Other} have places up to {peer.Places.Highest}");
        }

        return new Verdict
        {
            Sent = Sent, Acknowledged = Acknowledged, Received = Received, Lost = lost, Duplicated = _duplicated, Reordered = reordered,
            PayloadMismatches = _payloadMismatches, Gaps = gaps, Contradicted = _contradicted, Invented = _invented, FallenMarks = _fallenMarks,
            FalseMarks = _falseMarks, Undrained = _open, Redelivered = Redelivered, First = _first,
        };
    }

    /// <summary>The push before, as the server names it, has to be the one that was seen; within a session places rise.</summary>
    private bool Chain(RawPeer peer, uint attempt, in MessageFrame message)
    {
        var isFirst = peer.PushedIn != attempt;
        var (pushed, before) = (message.Sequence, peer.Pushed);
        var isRepeated = !isFirst && message.Sequence == before;
        if (isRepeated) Find(ref _duplicated, Property.P2, $"{peer.Owner} was pushed {message.Sequence} of {peer.Other} twice in one session");
        else if (message.Sequence <= message.Previous || (!isFirst && message.Sequence < before))
            Find(ref _reordered, Property.P3, $"{peer.Owner} was pushed {message.Sequence} of {peer.Other} after {Math.Max(message.Previous, before)}");
        else if (!isFirst && message.Previous != before)
            Find(ref _gaps, Property.P3, $"{peer.Owner} was pushed {message.Sequence} of {peer.Other} as the one after {message.Previous}, and had {before} before");
        else
        {
            (peer.PushedIn, peer.Pushed) = (attempt, pushed);
            return true;
        }

        (peer.PushedIn, peer.Pushed) = (attempt, pushed);
        return false;
    }

    private bool Unknown(RawPeer peer, in MessageFrame message)
    {
        // What both ends are done with is forgotten: at a place that this end has passed it is a repetition, at another it is there twice.
        if (message.Sender == peer.User && message.SendNumber <= peer.Incoming.LastNumber)
        {
            if (message.Sequence <= peer.KeptUpTo) Redelivered++;
            else Find(ref _duplicated, Property.P2, $"send {message.SendNumber} of {peer.Other} came to {peer.Owner} again, as {message.Sequence}");
            return false;
        }

        Find(ref _invented, Property.P2, $"{peer.Owner} was pushed send {message.SendNumber} of {message.Sender}, which nobody sent");
        return false;
    }

    private bool Keep(RawPeer peer, long index, ref SentMessage sent, in MessageFrame message, bool isInOrder)
    {
        var isKept = (sent.State & SentState.Delivered) != 0;
        var hasPlace = true;
        if (sent.Sequence != 0 && sent.Sequence != message.Sequence)
        {
            hasPlace = false;
            if (isKept) Find(ref _duplicated, Property.P2, $"send {sent.Number} of {peer.Other} came to {peer.Owner} as {sent.Sequence} and as {message.Sequence}");
            else Find(ref _reordered, Property.P3, $"send {sent.Number} of {peer.Other} was answered as {sent.Sequence} and came to {peer.Owner} as {message.Sequence}");
        }

        if (isKept)
        {
            Redelivered++;
            return false;
        }

        if (isInOrder && (index < peer.NextIncoming || message.Sequence < peer.KeptUpTo || message.ServerTime < peer.KeptTime))
            Find(ref _reordered, Property.P3, $"{peer.Owner} got {message.Sequence}, send {sent.Number} of {peer.Other}, after {peer.KeptUpTo}");
        if (hasPlace) Place(peer, ref sent, message.Sequence, message.ServerTime);
        sent.State |= SentState.Delivered;
        Received++;
        peer.IsTimed = !sent.IsResent;
        if ((sent.State & SentState.Answered) != 0) Owed--;
        peer.NextIncoming = Math.Max(peer.NextIncoming, index + 1);
        peer.KeptUpTo = Math.Max(peer.KeptUpTo, message.Sequence);
        peer.KeptTime = Math.Max(peer.KeptTime, message.ServerTime);
        peer.Incoming.Retire();
        return true;
    }

    private void Place(RawPeer peer, ref SentMessage message, ulong sequence, ulong time)
    {
        if (message.Sequence != 0)
        {
            if (message.Time != time) Find(ref _contradicted, Property.P3, $"send {message.Number} has the times {message.Time} and {time}");
            return;
        }

        (message.Sequence, message.Time) = (sequence, time);
        peer.Places.Take(sequence);
        if (sequence == 0 || sequence > (ulong)peer.Places.Sent)
            Find(ref _gaps, Property.P3, $"send {message.Number} has the place {sequence}, and only {peer.Places.Sent} messages between {peer.Owner} and {peer.Other} can be there");
    }

    private void Find(ref long count, Property property, string sentence)
    {
        count++;
        _first ??= new Violation(property, Sent + Received, sentence);
    }
}
