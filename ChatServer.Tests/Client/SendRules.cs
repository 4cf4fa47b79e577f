using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Client;

/// <summary>
/// The server's rules for the send numbers of one device, as docs/PROTOCOL.md has them, with refusals by chance: what the client's
/// pipeline has to get along with.
/// </summary>
internal sealed class SendRules(Random random, int unsettledLimit)
{
    private readonly SortedDictionary<ulong, (int Content, ErrorCode Code)> _decided = [];
    private readonly Dictionary<int, ErrorCode> _verdicts = [];
    private ulong _mark;
    private ulong _settled;

    /// <summary>What took effect, in its order.</summary>
    public List<int> Delivered { get; } = [];

    public ulong Mark => _mark;

    /// <summary>The answer: none is Sent; the argument is that of OutOfOrder.</summary>
    public (ErrorCode Code, ulong Argument) Answer(ulong number, ulong settled, int content)
    {
        _settled = Math.Max(_settled, settled);
        foreach (var old in _decided.Keys.TakeWhile(key => key <= _settled).ToList()) _decided.Remove(old);
        if (number <= _settled) return (ErrorCode.AlreadySettled, 0);
        if (_decided.TryGetValue(number, out var first)) return (first.Content == content ? first.Code : ErrorCode.Conflict, 0);
        var expected = Math.Max(_mark, _settled) + 1;
        if (number > expected) return (ErrorCode.OutOfOrder, expected);
        if (number < expected) throw new InvalidOperationException($"{number} was neither decided nor settled, {expected} is next");
        if (_decided.Count >= unsettledLimit) return (ErrorCode.SettleFirst, 0);
        return Decide(number, content);
    }

    private (ErrorCode Code, ulong Argument) Decide(ulong number, int content)
    {
        var passing = random.Next(20);
        if (passing < 3) return (passing == 0 ? ErrorCode.Busy : passing == 1 ? ErrorCode.RateLimited : ErrorCode.OutcomeUnknown, 0);
        if (!_verdicts.TryGetValue(content, out var verdict))
        {
            verdict = random.Next(20) switch { 0 => ErrorCode.OwnConversation, 1 => ErrorCode.UnknownRecipient, _ => ErrorCode.None };
            _verdicts.Add(content, verdict);
        }

        // 1xxx leaves the number unused.
        if (verdict == ErrorCode.OwnConversation) return (verdict, 0);
        _mark = number;
        _decided[number] = (content, verdict);
        if (verdict == ErrorCode.None) Delivered.Add(content);
        return (verdict, 0);
    }
}
