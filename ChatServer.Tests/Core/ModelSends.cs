using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>The sending half of a model client, as the protocol asks for it: numbers, what is open, what is settled, when to send again.</summary>
internal sealed class ModelSends(ModelWorld world, ModelIncarnation self, ulong lastNumber)
{
    private readonly SortedDictionary<ulong, Reference.Message> _open = [];
    private readonly SortedDictionary<ulong, Reference.Message> _final = [];
    private readonly HashSet<ulong> _underWay = [];
    private bool _isHeld;
    private ErrorCode _lastRefusal;
    private bool _mayBeOutOfOrder;
    private bool _hasSkipped; // a number was refused without being used up: those behind it wait until that can be settled
    private ulong _resumeAt;

    public ulong Next { get; private set; } = lastNumber + 1;

    public ulong Settled { get; private set; } = lastNumber;

    public bool HasOpen => _open.Count > 0;

    public string Describe() => $"{string.Join(" ", _open.Select(open => $"{open.Key}>{open.Value.To}"))}{(_isHeld ? $", held, {_underWay.Count} under way, last refused with {_lastRefusal}" : "")}, settled {Settled}";

    /// <summary>A new session: everything without a final answer goes again.</summary>
    public void Reconnected()
    {
        _underWay.Clear();
        _mayBeOutOfOrder = _hasSkipped;
        _isHeld = true;
        _resumeAt = 0;
    }

    public void Welcomed(ulong lastSendNumber)
    {
        Assert.That(lastSendNumber, Is.LessThan(Next), $"{self}: the server knows numbers that were never used");
        foreach (var (number, message) in _final)
        {
            if (message.Answer is ErrorCode.None or ErrorCode.UnknownRecipient or ErrorCode.Quota)
                Assert.That(lastSendNumber, Is.GreaterThanOrEqualTo(number), $"P1: {self}: a number that was answered is not used up");
        }
    }

    public void SendNew(ModelRequests connection, UserId to, int paddingBytes)
    {
        if (_isHeld) return;
        var number = Next++;
        var text = $"{self} {number} of step {world.Step} " + new string('.', paddingBytes);
        _open.Add(number, world.Reference.Issue(text, self.User, self, to, number, world.Step));
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

    public void Sent(in Output output)
    {
        var number = output.First;
        _underWay.Remove(number);
        if (output.Fourth != 0) world.Saw("a duplicate answered with the first answer");
        if (Known(number) is not { } message) return; // of a store that was lost
        Assert.That(output.User, Is.EqualTo(message.To), $"{self}: the answer to {number} names another conversation");
        world.Reference.Answered(message, ErrorCode.None, output.Second, output.Third);
        Finish(number);
    }

    public void Refused(in Output output)
    {
        var number = output.Third;
        _underWay.Remove(number);
        world.Saw($"refused with {output.Code}");
        _lastRefusal = output.Code;
        _hasSkipped |= output.Code is ErrorCode.OwnConversation;
        _mayBeOutOfOrder |= _hasSkipped || output.Code is ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.SettleFirst;
        switch (output.Code)
        {
            case ErrorCode.AlreadySettled:
                Assert.That(number, Is.LessThanOrEqualTo(Settled), $"P1: {self}: {number} was never settled");
                break;
            case ErrorCode.OwnConversation or ErrorCode.UnknownRecipient or ErrorCode.Quota:
                if (Known(number) is not { } message) break;
                world.Reference.Answered(message, output.Code, 0, 0);
                Finish(number);
                break;
            case ErrorCode.OutOfOrder:
                Assert.That(_mayBeOutOfOrder, $"P4: {self}: {number} is out of order, and nothing before it was refused: a send was dropped");
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

    private Reference.Message? Known(ulong number) => _open.GetValueOrDefault(number) ?? _final.GetValueOrDefault(number);

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

    private void Submit(ModelRequests connection, ulong number, Reference.Message message, bool isWatched = true)
    {
        if (isWatched) _underWay.Add(number);
        var settled = isWatched ? Settled : Math.Min(Settled, number - 1); // an old frame says what was settled then
        if (world.Random.Next(4) == 0) settled = Math.Max(settled, Math.Min(Settled, number));
        connection.Send(number, settled, message.To, message.Text);
    }
}
