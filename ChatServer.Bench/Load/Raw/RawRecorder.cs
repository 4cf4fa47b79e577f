using ChatServer.Bench.Checking;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Writes what happens into a <see cref="History"/> as well, for a run whose history is kept. Costs more than all else a driver does.</summary>
internal sealed class RawRecorder : IDisposable
{
    private readonly History _history;
    private readonly int[] _users;
    private readonly int[] _devices;
    private readonly int _killed;

    public RawRecorder(string file, IReadOnlyList<UserId> users, DeviceId device)
    {
        _history = new History(file);
        _killed = _history.Names.Label("killed");
        _users = [.. users.Select(user => _history.Names.User(user.Value))];
        _devices = [.. users.Select(user => _history.Names.Device(user.Value, device.Value))];
        foreach (var one in _devices) _history.Take(HistoryEvent.DeviceAdded(one, isDueAll: true));
    }

    public void Joined(RawPeer peer)
    {
        var conversation = _history.Names.Direct(_users[peer.Owner], _users[peer.Other]);
        (peer.HistoryConversation, peer.Mirror.HistoryConversation) = (conversation, conversation);
        _history.Take(HistoryEvent.Member(conversation, _users[peer.Owner]));
        _history.Take(HistoryEvent.Member(conversation, _users[peer.Other]));
    }

    public void Opened(int user, uint attempt, ulong lastNumber) => _history.Take(HistoryEvent.SessionOpened(Session(user, attempt), _devices[user], lastNumber));

    public void Detached(int user) => _history.Take(HistoryEvent.DeviceDetached(_devices[user]));

    public void Closed(int user, uint attempt) => _history.Take(HistoryEvent.SessionClosed(Session(user, attempt), _devices[user]));

    public void Sending(RawPeer peer, ulong number, ReadOnlySpan<byte> payload) =>
        _history.Take(HistoryEvent.Invoke(_devices[peer.Owner], number, peer.HistoryConversation, LoadPayload.HashOf(payload)));

    public void Answered(RawPeer peer, uint attempt, in SentFrame sent) =>
        _history.Take(HistoryEvent.Ok(Session(peer.Owner, attempt), _devices[peer.Owner], sent.SendNumber, peer.HistoryConversation, sent.Sequence, sent.ServerTime, sent.Durability));

    public void Refused(RawPeer peer, uint attempt, ulong number, ErrorCode code) =>
        _history.Take(HistoryEvent.Fail(Session(peer.Owner, attempt), _devices[peer.Owner], number, code));

    public void Delivered(RawPeer peer, uint attempt, in MessageFrame message) => _history.Take(HistoryEvent.Delivered(
        Session(peer.Owner, attempt), _devices[peer.Owner], peer.HistoryConversation, message.Sequence, message.Previous,
        _history.Names.Device(message.Sender.Value, message.SenderDevice.Value), message.SendNumber, LoadPayload.HashOf(message.Payload.Span), message.ServerTime, isKept: true));

    public void Reporting(RawPeer peer, ulong deliveredUpTo, ulong readUpTo) =>
        _history.Take(HistoryEvent.Receipt(_devices[peer.Owner], peer.HistoryConversation, deliveredUpTo, readUpTo));

    public void Marked(RawPeer peer, uint attempt, in MarkItem mark) => _history.Take(HistoryEvent.Marks(
        Session(peer.Owner, attempt), _devices[peer.Owner], peer.HistoryConversation, _history.Names.User(mark.User.Value), mark.DeliveredUpTo, mark.ReadUpTo));

    public void Killed()
    {
        _history.Take(HistoryEvent.FaultBegan(_killed));
        _history.Take(HistoryEvent.Crashed());
    }

    public void Started()
    {
        _history.Take(HistoryEvent.Started());
        _history.Take(HistoryEvent.FaultHealed(_killed));
    }

    /// <summary>The run is over: what the checker finds in the same history.</summary>
    public Verdict Judge()
    {
        _history.Take(HistoryEvent.Deadline());
        return _history.Judge();
    }

    public void Dispose() => _history.Dispose();

    private static ulong Session(int user, uint attempt) => ((ulong)user << 32) | attempt;
}
