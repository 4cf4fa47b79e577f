using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>
/// What must be true whatever happens, learned from what clients said and heard: which message has which place, what became of each
/// send, and how far each recipient has said to be.
/// </summary>
internal sealed class Reference
{
    private readonly Dictionary<string, Message> _byText = [];
    private readonly Dictionary<(UserId, UserId), SortedDictionary<ulong, Message>> _entries = [];
    private readonly Dictionary<(UserId Reader, UserId Author), (ulong Delivered, ulong Read)> _claims = [];

    internal sealed class Message(string text, UserId sender, ModelIncarnation author, UserId to, ulong number, int issuedStep)
    {
        public string Text => text;
        public UserId Sender => sender;
        public ModelIncarnation Author => author;
        public UserId To => to;
        public ulong Number => number;
        public int IssuedStep => issuedStep;
        public ulong Sequence { get; set; }
        public ulong Time { get; set; }

        /// <summary>The answer that its author heard; None is Sent. Null: not heard.</summary>
        public ErrorCode? Answer { get; set; }
    }

    public static (UserId, UserId) Pair(UserId a, UserId b) => a < b ? (a, b) : (b, a);

    public IEnumerable<Message> Messages => _byText.Values;

    public IEnumerable<((UserId, UserId) Pair, SortedDictionary<ulong, Message> Entries)> Conversations => _entries.Select(pair => (pair.Key, pair.Value));

    public Message Issue(string text, UserId sender, ModelIncarnation author, UserId to, ulong number, int step)
    {
        var message = new Message(text, sender, author, to, number, step);
        _byText.Add(text, message);
        return message;
    }

    /// <summary>Somebody was told that a message has a place: it is the only one there, and that is its only place.</summary>
    public Message Placed(string text, UserId a, UserId b, ulong sequence, ulong time)
    {
        Assert.That(_byText.TryGetValue(text, out var message), Is.True, $"P2: '{text}' was sent by nobody");
        Assert.That(message is not null && Pair(message.Sender, message.To) == Pair(a, b), $"P2: '{text}' came to {a} and {b}");
        if (message is null) throw new InvalidOperationException();
        Assert.That(message.Answer is null or ErrorCode.None, $"P2: '{text}' was refused with {message.Answer} and has the place {sequence}");
        if (!_entries.TryGetValue(Pair(a, b), out var entries)) _entries.Add(Pair(a, b), entries = []);
        if (entries.TryGetValue(sequence, out var there)) Assert.That(there, Is.SameAs(message), $"P3: two messages have the place {sequence}: '{there.Text}' and '{text}'");
        else entries.Add(sequence, message);
        if (message.Sequence == 0) (message.Sequence, message.Time) = (sequence, time);
        Assert.That(message.Sequence == sequence && message.Time == time, $"P2: '{text}' has two places or times");
        return message;
    }

    /// <summary>The author heard a final answer: it stays the same for ever.</summary>
    public void Answered(Message message, ErrorCode code, ulong sequence, ulong time)
    {
        Assert.That(message.Answer is null || message.Answer == code, $"'{message.Text}' was answered {message.Answer}, then {code}");
        message.Answer = code;
        if (code == ErrorCode.None) Placed(message.Text, message.Sender, message.To, sequence, time);
        else Assert.That(message.Sequence, Is.Zero, $"P2: '{message.Text}' was refused with {code} and has the place {message.Sequence}");
    }

    public void Claim(UserId reader, UserId author, ulong delivered, ulong read)
    {
        var (d, r) = _claims.GetValueOrDefault((reader, author));
        _claims[(reader, author)] = (Math.Max(d, delivered), Math.Max(r, read));
    }

    /// <summary>A mark is true when the reader said so; what the reader wrote themselves counts as received.</summary>
    public void Marked(UserId author, UserId reader, ulong delivered, ulong read)
    {
        var (claimedDelivered, claimedRead) = _claims.GetValueOrDefault((reader, author));
        var entries = _entries.GetValueOrDefault(Pair(author, reader));
        for (var next = claimedDelivered + 1; next <= delivered; next++)
        {
            if (entries is null || !entries.TryGetValue(next, out var entry)) continue; // its author has not heard of it yet
            Assert.That(entry.Sender, Is.EqualTo(reader), $"P5: {author} was told that {reader} has {delivered}, who said {claimedDelivered}");
        }

        Assert.That(read, Is.LessThanOrEqualTo(claimedRead), $"P5: {author} was told that {reader} has read more than they said");
    }

    /// <summary>P3 and P4, of everything that anybody has heard of.</summary>
    public void CheckOrder()
    {
        foreach (var (pair, entries) in Conversations)
        {
            ulong time = 0;
            var last = new Dictionary<ModelIncarnation, ulong>();
            foreach (var (sequence, message) in entries)
            {
                Assert.That(message.Time, Is.GreaterThanOrEqualTo(time), $"P3: time goes backwards at {sequence} of {pair}");
                time = message.Time;
                Assert.That(message.Number, Is.GreaterThan(last.GetValueOrDefault(message.Author)), $"P4: '{message.Text}' was overtaken, {sequence} of {pair}: {string.Join("; ", entries.Values.Where(other => other.Author == message.Author).Select(other => $"{other.Sequence}: {other.Number} of {other.IssuedStep}, {other.Answer}"))}");
                last[message.Author] = message.Number;
            }
        }
    }
}
