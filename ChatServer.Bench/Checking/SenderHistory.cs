using System.Runtime.InteropServices;

namespace ChatServer.Bench.Checking;

/// <summary>Everything one device sent, by number.</summary>
internal sealed class SenderHistory
{
    private readonly Lock _gate = new();
    private readonly List<Message> _messages = [];
    private readonly Dictionary<int, ulong> _lastNumberOf = [];
    private long _unreceived;

    public long SentCount => Under(() => _messages.Count);

    public long AcknowledgedCount { get; private set; }

    public long ReceivedCount { get; private set; }

    public long Duplicated { get; private set; }

    public long Reordered { get; private set; }

    public long Mismatched { get; private set; }

    public long Contradicted { get; private set; }

    public bool IsDrained => Under(() => _unreceived) == 0;

    public void Sent(ulong number, int recipient, ulong hash)
    {
        lock (_gate)
        {
            if (number != (ulong)_messages.Count + 1) throw new InvalidOperationException($"number {number} is not the next one");
            _messages.Add(new Message { Hash = hash, Recipient = recipient });
        }
    }

    public void Acknowledged(ulong number, ulong sequence)
    {
        lock (_gate)
        {
            ref var message = ref Of(number);
            if (message.Promised != 0)
            {
                if (message.Promised != sequence) Contradicted++;
                return;
            }

            message.Promised = sequence;
            AcknowledgedCount++;
            if (message.Received == 0) _unreceived++;
            else if (message.Received != sequence) Reordered++;
        }
    }

    public bool Received(int recipient, ulong number, ulong sequence, ulong hash)
    {
        lock (_gate)
        {
            if (number == 0 || number > (ulong)_messages.Count) return false;
            ref var message = ref Of(number);
            if (message.Recipient != recipient) return false;
            if (message.Hash != hash) Mismatched++;
            if (message.Received == sequence) return true;
            if (message.Received != 0)
            {
                Duplicated++;
                return true;
            }

            message.Received = sequence;
            ReceivedCount++;
            if (message.Promised != 0) _unreceived--;
            if (message.Promised != 0 && message.Promised != sequence) Reordered++;
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastNumberOf, recipient, out _);
            if (number < last) Reordered++;
            last = Math.Max(last, number);
            return true;
        }
    }

    public long Lost() => Under(() => (long)_messages.Count(message => message.Promised != 0 && message.Received == 0));

    private ref Message Of(ulong number) => ref CollectionsMarshal.AsSpan(_messages)[checked((int)number - 1)];

    private T Under<T>(Func<T> read)
    {
        lock (_gate) return read();
    }

    private struct Message
    {
        public ulong Hash;
        public ulong Promised;
        public ulong Received;
        public int Recipient;
    }
}
