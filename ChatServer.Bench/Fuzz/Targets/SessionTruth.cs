using System.IO.Hashing;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>What all clients together have asked for and were told: the properties that no single client can see.</summary>
internal sealed class SessionTruth
{
    private readonly HashSet<(UserId Sender, UserId To, UInt128 Payload)> _asked = [];
    private readonly Dictionary<(UserId, DeviceId, ulong Number), (UserId To, ulong Sequence)> _answers = [];
    private readonly Dictionary<(UserId, UserId, ulong Sequence), (UserId Sender, DeviceId Device, ulong Number, UInt128 Payload)> _entries = [];
    private readonly Dictionary<(UserId, UserId), ulong> _heads = [];
    private readonly Dictionary<(UserId, DeviceId), (ulong Instance, uint Attempt)> _attempts = [];
    private readonly Dictionary<(ulong Session, UserId Reader), (ulong Delivered, ulong Read)> _marks = [];

    /// <summary>Called with the attempt that succeeded.</summary>
    public void Welcomed(Session session)
    {
        if (session.Login is not { } login) throw new OracleException("a session that did not log in is welcome");
        var key = (session.User, session.Device);
        var isKnown = _attempts.TryGetValue(key, out var last);
        Oracle.Holds(!isKnown || last.Instance != login.Instance || login.Attempt >= last.Attempt, "P6: an attempt that was overtaken takes nothing over");
        _attempts[key] = (login.Instance, login.Attempt);
    }

    public void Asked(Session session, FrameKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != FrameKind.Send || FrameCodec.Read(body, out SendFrame frame) != ErrorCode.None || frame.Conversation.IsGroup) return;
        _asked.Add((session.User, frame.Conversation.User, XxHash128.HashToUInt128(frame.Payload.Span)));
    }

    public void Answered(Session session, SentFrame frame)
    {
        var to = frame.Conversation.User;
        Oracle.Holds(frame.Sequence > 0 && frame.SendNumber > 0, "numbers begin with 1");
        Oracle.Holds(frame.Durability == Durability.Disk, "Sent says how durable it is");
        var key = (session.User, session.Device, frame.SendNumber);
        var isKnown = _answers.TryGetValue(key, out var known);
        Oracle.Holds(!isKnown || known == (to, frame.Sequence), "P2: a number has one answer");
        _answers[key] = (to, frame.Sequence);
        Rise(session.User, to, frame.Sequence);
    }

    public void Delivered(Session session, MessageFrame frame)
    {
        var other = frame.Conversation.User;
        Oracle.Holds(frame.Sender == session.User || frame.Sender == other, "P6: an entry is for one of the two of its conversation");
        Oracle.Holds(frame.Sender != session.User || frame.SenderDevice != session.Device, "Sent is the delivery to the device that wrote");
        var payload = XxHash128.HashToUInt128(frame.Payload.Span);
        var to = frame.Sender == session.User ? other : session.User;
        Oracle.Holds(_asked.Contains((frame.Sender, to, payload)), "P2: nothing is delivered that nobody sent");
        var entry = (frame.Sender, frame.SenderDevice, frame.SendNumber, payload);
        var key = Pair(session.User, other, frame.Sequence);
        Oracle.Holds(!_entries.TryGetValue(key, out var known) || known == entry, "P3: an entry is the same for everybody, for ever");
        _entries[key] = entry;
        Rise(session.User, other, frame.Sequence);
    }

    public void Marked(Session session, MarkItem item)
    {
        var before = _marks.GetValueOrDefault((session.Id, item.User));
        Oracle.Holds(item.DeliveredUpTo >= before.Delivered && item.ReadUpTo >= before.Read, "P5: marks only rise");
        _marks[(session.Id, item.User)] = (item.DeliveredUpTo, item.ReadUpTo);
    }

    /// <summary>A device of this name that comes later is another one and counts from 1.</summary>
    public void Removed(UserId user, DeviceId device)
    {
        _attempts.Remove((user, device));
        foreach (var key in _answers.Keys.Where(key => key.Item1 == user && key.Item2 == device).ToList()) _answers.Remove(key);
    }

    /// <summary>No device has more under way than it was told it may have.</summary>
    public static void CheckCaps(IReadOnlyList<PartitionState> states)
    {
        foreach (var state in states)
        {
            for (var i = 0; i < state.Users.Count; i++)
            {
                foreach (var slot in state.Users[i].Slots)
                {
                    if (slot.Device is not { } device) continue;
                    Oracle.Holds(device.PendingSends <= state.Limits.UndecidedSends, "P9: undecided sends have a cap");
                    Oracle.Holds(device.Answers.Count <= state.Limits.UnsettledAnswers, "P9: unsettled answers have a cap");
                }
            }
        }
    }

    /// <summary>No client was told of a sequence that the home of the conversation does not have.</summary>
    public void CheckHeads(IReadOnlyList<PartitionState> states)
    {
        foreach (var ((smaller, other), head) in _heads)
        {
            var home = states[states[0].HomeOf(smaller, other)];
            var isThere = home.Users.TryGet(smaller, out var user) && user.Memberships.TryGet(other, out var membership) && membership.Conversation?.Head >= head;
            Oracle.Holds(isThere, "P1: what was said is in the conversation");
        }
    }

    private void Rise(UserId a, UserId b, ulong sequence)
    {
        var (smaller, other, _) = Pair(a, b, sequence);
        _heads[(smaller, other)] = Math.Max(sequence, _heads.GetValueOrDefault((smaller, other)));
    }

    private static (UserId, UserId, ulong) Pair(UserId a, UserId b, ulong sequence) => a < b ? (a, b, sequence) : (b, a, sequence);
}
