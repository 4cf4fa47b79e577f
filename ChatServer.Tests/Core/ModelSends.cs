using System.IO.Hashing;
using System.Text;
using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>The sending half of a model client, as the protocol asks for it: numbers, what is open, what is settled, when to send again.</summary>
internal sealed class ModelSends(ModelWorld world, ModelDevice self, ulong lastNumber)
{
    private readonly SortedDictionary<ulong, Letter> _open = [];
    private readonly SortedDictionary<ulong, Letter> _final = [];
    private readonly HashSet<ulong> _underWay = [];
    private bool _isHeld;
    private ErrorCode _lastRefusal;
    private readonly HashSet<ulong> _skipped = []; // refused for good without being used up: those behind wait until that is settled
    private readonly HashSet<ulong> _refused = []; // for now, in this session
    private ulong _resumeAt;

    private sealed record Letter(UserId To, byte[] Payload);

    public ulong Next { get; private set; } = lastNumber + 1;

    public ulong Settled { get; private set; } = lastNumber;

    public bool HasOpen => _open.Count > 0;

    public string Describe() => $"{string.Join(" ", _open.Select(open => $"{open.Key}>{open.Value.To}"))}{(_isHeld ? $", held, {_underWay.Count} under way, last refused with {_lastRefusal}" : "")}, settled {Settled}";

    /// <summary>A new session: everything without a final answer goes again.</summary>
    public void Reconnected()
    {
        _underWay.Clear();
        _refused.Clear();
        _isHeld = true;
        _resumeAt = 0;
    }

    /// <summary>The store is lost: nobody will ask any more what became of what is open.</summary>
    public void GiveUp()
    {
        foreach (var number in _open.Keys) world.Record(HistoryEvent.Unknown(self.HistoryDevice, number));
    }

    public void SendNew(ModelRequests connection, UserId to, int paddingBytes)
    {
        if (_isHeld) return;
        var number = Next++;
        var payload = Encoding.UTF8.GetBytes($"{self} {number} of step {world.Step} " + new string('.', paddingBytes));
        _open.Add(number, new Letter(to, payload));
        world.Record(HistoryEvent.Invoke(self.HistoryDevice, number, world.ConversationOf(self.User, to), XxHash3.HashToUInt64(payload)));
        Submit(connection, number, _open[number]);
    }

    /// <summary>What a client does when nothing is under way any more after a refusal for now, or after a reconnect.</summary>
    public void ResendWhenDue(ModelRequests connection)
    {
        if (!_isHeld || _underWay.Count > 0 || world.Now < _resumeAt) return;
        _isHeld = false;
        foreach (var (number, message) in _open) Submit(connection, number, message);
    }

    /// <summary>Nobody asked for it: any number again, answered, settled or not.</summary>
    public void ResendAny(ModelRequests connection, Random random)
    {
        var known = random.Next(2) == 0 ? _open : _final;
        if (known.Count == 0) return;
        var (number, message) = known.ElementAt(random.Next(known.Count));
        if (known == _open && !_underWay.Contains(number)) return; // its turn comes with the others
        Submit(connection, number, message, isWatched: known == _open);
    }

    public void Sent(ModelRequests connection, in Output output)
    {
        var number = output.First;
        _underWay.Remove(number);
        if (output.Fourth != 0) world.Saw("a duplicate answered with the first answer");
        world.Record(HistoryEvent.Ok(connection.Session, self.HistoryDevice, number, world.ConversationOf(self.User, output.User), output.Second, output.Third, Durability.Disk));
        Finish(number);
    }

    public void Refused(ModelRequests connection, in Output output)
    {
        var number = output.Third;
        _underWay.Remove(number);
        world.Saw($"refused with {output.Code}");
        _lastRefusal = output.Code;
        if (output.Code is ErrorCode.OwnConversation) _skipped.Add(number);
        if (output.Code is ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.SettleFirst or ErrorCode.OutOfOrder) _refused.Add(number);
        switch (output.Code)
        {
            case ErrorCode.AlreadySettled:
                Assert.That(number, Is.LessThanOrEqualTo(Settled), $"P1: {self}: {number} was never settled");
                break;
            case ErrorCode.OwnConversation or ErrorCode.UnknownRecipient or ErrorCode.Quota:
                world.Record(HistoryEvent.Fail(connection.Session, self.HistoryDevice, number, output.Code));
                Finish(number);
                break;
            case ErrorCode.OutOfOrder:
                Assert.That(_refused.Contains(output.First) || _skipped.Contains(output.First), $"P4: {self}: {output.First} is expected at {number}, and was not refused: a send was dropped");
                Assert.That(output.First, Is.LessThan(Next), $"{self}: a number is expected that was never used");
                Hold(0);
                break;
            case ErrorCode.SettleFirst:
                Hold(0);
                break;
            case ErrorCode.Busy or ErrorCode.RateLimited:
                Assert.That(output.Second, Is.Positive, "retry after is said");
                Hold(output.Second);
                break;
            default:
                Assert.Fail($"{self}: {number} was refused with {output.Code}");
                break;
        }
    }

    private void Hold(ulong milliseconds)
    {
        _isHeld = true;
        _resumeAt = Math.Max(_resumeAt, world.Now + milliseconds);
    }

    private void Finish(ulong number)
    {
        if (_open.Remove(number, out var message)) _final.Add(number, message);
        while (_final.ContainsKey(Settled + 1)) Settled++;
    }

    private void Submit(ModelRequests connection, ulong number, Letter letter, bool isWatched = true)
    {
        if (isWatched) _underWay.Add(number);
        var settled = isWatched ? Settled : Math.Min(Settled, number - 1); // an old frame says what was settled then
        if (world.Random.Next(4) == 0) settled = Math.Max(settled, Math.Min(Settled, number));
        connection.Send(number, settled, letter.To, letter.Payload);
    }
}
