using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// The numbered sends of a device that are not settled, in the order of their numbers, and what may go to the server when. The server
/// takes a number only when all between its mark and it are settled, so a refused number that is to be tried again pulls all later
/// ones back: they are sent again behind it. Not thread-safe; guarded by the client's lock.
/// </summary>
internal sealed class SendPipeline
{
    /// <summary>Numbered sends at a time. More wait unnumbered.</summary>
    public const int Capacity = 1_024;

    /// <summary>Answers that ask for another try, in a row, after which even an immediate one waits.</summary>
    private const int ImmediateTries = 3;

    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(5);

    private readonly PendingSend[] _ring = new PendingSend[Capacity];
    private long _head;
    private long _tail;
    private long _next;
    private int _underWay;
    private int _undecidedLimit = ProtocolLimits.UndecidedSends;
    private int _unsettledLimit = ProtocolLimits.UnsettledAnswers;
    private ulong _gate;
    private int _tries;

    public bool IsFull => _tail - _head == Capacity;

    /// <summary>Sends that are under way in this session.</summary>
    public int UnderWay => _underWay;

    /// <summary>The highest number that is used.</summary>
    public ulong Last { get; private set; }

    /// <summary>All numbers up to here have their final answer, and the store has been told.</summary>
    public ulong Answered => _head == _tail ? Last : At(_head).Number - 1;

    /// <summary>All numbers up to here have their final answer, and the store has flushed it: what the server may be told.</summary>
    public ulong Settled { get; private set; }

    /// <summary>Nothing is sent before this time of the client's clock.</summary>
    public TimeSpan NotBefore { get; private set; }

    /// <summary>A flush of the store would let sends go on.</summary>
    public bool WantsFlush => Answered > Settled && (_gate > Settled || Last - Settled > (ulong)_unsettledLimit / 2);

    /// <summary>What an earlier run left, before anything else.</summary>
    public void Recover(ulong last, IEnumerable<PendingSend> sends)
    {
        foreach (var send in sends) Add(send);
        Last = Math.Max(Last, last);
        Settled = Answered;
    }

    /// <summary>A session is open: its limits, and the server's mark, which is ahead of a store that was lost or is old.</summary>
    public void Open(SessionLimits limits, ulong lastSendNumber)
    {
        _undecidedLimit = Math.Max(1, limits.UndecidedSends);
        _unsettledLimit = Math.Max(1, limits.UnsettledAnswers);
        if (lastSendNumber <= Last) return;
        Last = lastSendNumber;

        // Numbers that this store has never seen: whoever used them is not here to ask, so they are settled.
        if (_head == _tail) Settled = lastSendNumber;
    }

    /// <summary>The session has ended: nothing is under way any more.</summary>
    public void Close()
    {
        Rewind(_head);
        NotBefore = TimeSpan.Zero;
        _tries = 0;
    }

    /// <summary>A new send behind all others; its number is set.</summary>
    public void Append(PendingSend send)
    {
        send.Number = Last + 1;
        Add(send);
    }

    /// <summary>The store has flushed the answers up to here.</summary>
    public void Settle(ulong through) => Settled = Math.Max(Settled, through);

    /// <summary>The next send that may go now; null: none. The caller sends it and says so.</summary>
    public PendingSend? Next(TimeSpan now)
    {
        while (_next < _tail && (At(_next).Answered || At(_next).Correlation != 0)) _next++;
        if (_next == _tail || Settled < _gate || now < NotBefore || _underWay >= _undecidedLimit) return null;
        var send = At(_next);
        return send.Number - Settled > (ulong)_unsettledLimit ? null : send;
    }

    /// <summary>Whether a send waits for <see cref="NotBefore"/> and nothing else.</summary>
    public bool WaitsForTime(TimeSpan now) => _next < _tail && now < NotBefore;

    public void OnTransmitted(PendingSend send, uint correlation)
    {
        if (send.Correlation != 0 || correlation == 0) throw new InvalidOperationException("a send is under way once, with a correlation");
        send.Correlation = correlation;
        _underWay++;
    }

    /// <summary>The send with this number, if it has no final answer.</summary>
    public PendingSend? Find(ulong number)
    {
        var index = FirstAtOrAbove(number);
        return index < _tail && At(index).Number == number && !At(index).Answered ? At(index) : null;
    }

    public PendingSend? FindUnderWay(uint correlation)
    {
        for (var index = _head; correlation != 0 && index < _tail; index++)
        {
            if (At(index).Correlation == correlation) return At(index);
        }

        return null;
    }

    /// <summary>The final answer of a send has come and the store has been told.</summary>
    /// <param name="send">The send.</param>
    /// <param name="usedUp">Whether the number is at or below the server's mark.</param>
    public void OnFinal(PendingSend send, bool usedUp)
    {
        if (send.Correlation != 0) _underWay--;
        send.Correlation = 0;
        send.Answered = true;
        _tries = 0;
        if (!usedUp)
        {
            // The server stands before this number and lets a later one pass only when this one is settled.
            _gate = Math.Max(_gate, send.Number);
            Rewind(FirstAtOrAbove(send.Number + 1));
        }

        while (_head < _tail && At(_head).Answered)
        {
            _ring[_head % Capacity] = null!; // never read outside head … tail
            _head++;
        }

        _next = Math.Max(_next, _head);
    }

    /// <summary>The send was answered by "not like this" or "not now": it goes again, and all behind it.</summary>
    public void OnRetry(PendingSend send, ErrorFrame error, TimeSpan now, double chance)
    {
        _tries++;
        var index = FirstAtOrAbove(send.Number);
        var delay = TimeSpan.FromMilliseconds(error.RetryAfterMs);
        switch (error.Code)
        {
            case ErrorCode.OutOfOrder:
                index = Math.Min(index, FirstUnansweredAtOrAbove(Math.Min(error.Argument, send.Number)));

                // All before it are answered here: the server has not heard that they are settled.
                if (At(index) == send) _gate = Math.Max(_gate, send.Number - 1);
                break;
            case ErrorCode.SettleFirst:
                _gate = Math.Max(_gate, Answered);
                if (Answered == Settled) delay = Later(delay, Delay(chance));
                break;
            default:
                if (delay == TimeSpan.Zero) delay = Delay(chance);
                break;
        }

        if (_tries > ImmediateTries) delay = Later(delay, Delay(chance));
        Rewind(index);
        NotBefore = Later(NotBefore, now + delay);
    }

    /// <summary>All sends without a final answer, in order.</summary>
    public IEnumerable<PendingSend> Unanswered()
    {
        for (var index = _head; index < _tail; index++)
        {
            if (!At(index).Answered) yield return At(index);
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private PendingSend At(long index) => _ring[index % Capacity];

    private void Add(PendingSend send)
    {
        if (IsFull) throw new InvalidOperationException($"more than {Capacity} sends");
        if (send.Number == 0 || (_head < _tail && send.Number <= At(_tail - 1).Number)) throw new InvalidOperationException("send numbers rise");
        _ring[_tail % Capacity] = send;
        _tail++;
        Last = Math.Max(Last, send.Number);
    }

    private TimeSpan Delay(double chance)
    {
        var doubled = RetryMin * Math.Pow(2, Math.Min(_tries, 10) - 1);
        return (doubled < RetryMax ? doubled : RetryMax) * (0.5 + (chance / 2));
    }

    /// <summary>What is under way from here on is answered by OutOfOrder or is a harmless repeat: all of it goes again.</summary>
    private void Rewind(long from)
    {
        for (var index = from; index < _tail; index++)
        {
            if (At(index).Correlation == 0) continue;
            At(index).Correlation = 0;
            _underWay--;
        }

        _next = Math.Min(_next, from);
    }

    private long FirstAtOrAbove(ulong number)
    {
        var (low, high) = (_head, _tail);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Number < number) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private long FirstUnansweredAtOrAbove(ulong number)
    {
        var index = FirstAtOrAbove(number);
        while (index < _tail && At(index).Answered) index++;
        return index;
    }
}
