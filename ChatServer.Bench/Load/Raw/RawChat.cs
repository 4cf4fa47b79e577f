using System.Diagnostics;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// What a logged-in device does and sees: sends by number and sends again, takes messages, acknowledges several at a time, hears marks.
/// All of it passes through the <see cref="RawVerifier"/>.
/// </summary>
internal sealed class RawChat
{
    /// <summary>The server announces so many undecided sends; more would only make it stop reading.</summary>
    public const int InFlightMax = 64;

    private const int UnacknowledgedBytesMax = 96 * 1_024;

    private static readonly TimeSpan RetryAfterMin = TimeSpan.FromMilliseconds(20);

    private readonly RawClient _client;
    private readonly RawDriver _driver;
    private readonly List<RawPeer> _peers = [];
    private readonly List<RawPeer> _unacknowledged = [];
    private readonly Queue<(RawPeer? Peer, long Due)> _due = new();
    private Dictionary<UserId, RawPeer>? _byUser;
    private int _unacknowledgedCount;
    private int _unacknowledgedBytes;
    private bool _isAcknowledgedLater;
    private int _nextPeer;
    private long _retryAt;

    public RawChat(RawClient client, RawDriver driver)
    {
        _client = client;
        _driver = driver;
        Sends = new RawSends(driver.Plan.InFlight);
    }

    public RawSends Sends { get; }

    public ulong MarksVersion { get; private set; }

    /// <summary>Sends that wait for their turn.</summary>
    public long Waiting => _due.Count + Quota;

    /// <summary>Sends that are still to be made, as fast as answers come; each is due when it is made.</summary>
    public long Quota { get; set; }

    public int PeerCount => _peers.Count;

    public RawPeer PeerAt(int index) => _peers[index];

    public void Add(RawPeer peer)
    {
        _peers.Add(peer);
        if (_peers.Count > 1) _byUser ??= _peers.ToDictionary(one => one.User);
        _byUser?.TryAdd(peer.User, peer);
    }

    public RawPeer? PeerOf(UserId user)
    {
        if (_byUser is not null) return _byUser.GetValueOrDefault(user);
        return _peers.Count == 1 && _peers[0].User == user ? _peers[0] : null;
    }

    /// <summary>Another send is due; to one of the peers in turn when none is named.</summary>
    public void SendDue(long due, RawPeer? peer = null)
    {
        _due.Enqueue((peer, due));
        SendWhatMay();
    }

    public void SendWhatMay()
    {
        if (_client.State != RawClientState.Open || _retryAt != 0 || _peers.Count == 0) return;
        while (Sends.InFlight < _driver.Plan.InFlight)
        {
            if (!_due.TryDequeue(out var next))
            {
                if (Quota > 0) Quota--;
                else if (!_driver.IsClosedLoop(_client)) return;
                next = (null, _driver.Now);
            }

            Send(next.Peer ?? NextPeer(), next.Due);
        }
    }

    public void Opened(in WelcomeFrame welcome)
    {
        if (welcome.Detached) _driver.Recorder?.Detached(_client.Index);
        _driver.Verifier.Opened(_client.Index, _client.Attempt, welcome.LastSendNumber, Sends.Settled, Sends.Number);
        _retryAt = 0;
        SendAgain(isCounted: true);
        SendWhatMay();
    }

    /// <summary>The connection is gone; what was kept is kept, and said again when it is there once more.</summary>
    public void Lost()
    {
        _unacknowledged.Clear();
        foreach (var peer in _peers) peer.Unacknowledged = 0;
        (_unacknowledgedCount, _unacknowledgedBytes) = (0, 0);
    }

    public void Take(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Sent when FrameCodec.Read(body, out SentFrame sent) == ErrorCode.None && !sent.Conversation.IsGroup: Answered(sent); break;
            case FrameKind.Message when FrameCodec.Read(body, out MessageFrame message) == ErrorCode.None && !message.Conversation.IsGroup: Came(message); break;
            case FrameKind.Error when FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None: Refused(error); break;
            case FrameKind.Marks when FrameCodec.Read(body, out MarksFrame marks) == ErrorCode.None: TakeMarks(marks); break;
            case FrameKind.CaughtUp or FrameKind.Pong or FrameKind.GoAway: break;
            default: _driver.Fail($"{_client.User}: a frame of kind {header.Kind} that cannot be read"); break;
        }
    }

    /// <summary>All frames of a turn are taken: answers go out together.</summary>
    public void AfterReceive()
    {
        if (_client.State != RawClientState.Open) return;
        SendWhatMay();
        Acknowledge(_driver.Plan.AcknowledgeEvery);
        if (_unacknowledgedCount == 0 || _isAcknowledgedLater) return;
        _isAcknowledgedLater = true;
        _driver.AcknowledgeLater(this);
    }

    /// <summary>What waits for company has waited long enough.</summary>
    public void AcknowledgeNow()
    {
        _isAcknowledgedLater = false;
        if (_client.State == RawClientState.Open) Acknowledge(least: 1);
    }

    public void Acknowledge(int least)
    {
        if (_unacknowledgedCount == 0 || (_unacknowledgedCount < least && _unacknowledgedBytes < UnacknowledgedBytesMax)) return;
        for (var start = 0; start < _unacknowledged.Count; start += ProtocolLimits.ListItems)
        {
            var count = Math.Min(ProtocolLimits.ListItems, _unacknowledged.Count - start);
            var items = _driver.ReceiptItems;
            for (var i = 0; i < count; i++)
            {
                var peer = _unacknowledged[start + i];
                peer.Unacknowledged = 0;
                peer.ReadReported = peer.ReadUpTo;
                _driver.Verifier.Reporting(peer);
                items[i] = new ReceiptItem { Conversation = WireConversation.Direct(peer.User), DeliveredUpTo = peer.KeptUpTo, ReadUpTo = peer.ReadUpTo };
            }

            _client.Write(new ReceiptFrame { Items = (ReadOnlyMemory<ReceiptItem>)items.AsMemory(0, count), MarksVersion = MarksVersion, Settled = Sends.Settled });
        }

        _unacknowledged.Clear();
        (_unacknowledgedCount, _unacknowledgedBytes) = (0, 0);
    }

    /// <summary>The user reads all that has come; said with the next receipt, which is due soon.</summary>
    public void ReadAll()
    {
        foreach (var peer in _peers)
        {
            if (peer.ReadUpTo == peer.KeptUpTo) continue;
            peer.ReadUpTo = peer.KeptUpTo;
            Owe(peer, 0);
        }

        if (_unacknowledgedCount > 0) Acknowledge(least: 1);
    }

    /// <summary>A refused send is tried again when its time has come; false: it has not.</summary>
    public bool TryRetry(long now)
    {
        if (_retryAt == 0 || _client.State != RawClientState.Open) return true;
        if (now < _retryAt) return false;
        _retryAt = 0;
        SendAgain(isCounted: false);
        SendWhatMay();
        return true;
    }

    private RawPeer NextPeer()
    {
        _nextPeer = _nextPeer + 1 < _peers.Count ? _nextPeer + 1 : 0;
        return _peers[_nextPeer];
    }

    private void Send(RawPeer peer, long due)
    {
        var number = Sends.Next();
        var payload = _driver.Payload.AsMemory(0, _driver.Sizes.Of(_client.Index, number));
        LoadPayload.Write(payload.Span, _client.Index, number, due);
        Sends.Set(peer, _driver.Verifier.Sending(peer, number, due, payload.Span), number);
        Write(peer, number, payload);
    }

    private void SendAgain(bool isCounted)
    {
        for (var number = Sends.Settled + 1; number <= Sends.Number; number++)
        {
            if (!Sends.TryGet(number, out var pending) || pending.IsFinal) continue;
            ref var message = ref pending.Peer.Outgoing[pending.Index];
            var payload = _driver.Payload.AsMemory(0, message.Bytes);
            LoadPayload.Write(payload.Span, _client.Index, number, message.Due);
            Write(pending.Peer, number, payload);
            if (!isCounted) continue;
            message.IsResent = true;
            _driver.Measures.Resent++;
        }
    }

    private void Write(RawPeer peer, ulong number, ReadOnlyMemory<byte> payload) => _client.Write(new SendFrame
    {
        Conversation = WireConversation.Direct(peer.User), SendNumber = number, Settled = Sends.Settled, ContentKind = ContentKind.Message, Payload = payload,
    });

    private void Answered(in SentFrame sent)
    {
        if (sent.Duplicate) _driver.Measures.AnsweredDuplicate++;
        if (!Sends.TryGet(sent.SendNumber, out var pending))
        {
            if (sent.SendNumber > Sends.Number) _driver.Verifier.Invent(_client.Index, sent.SendNumber);
            return;
        }

        // Answered before, and so long ago that there is nothing left to compare with.
        ref var message = ref pending.Peer.Outgoing[pending.Index];
        if (pending.IsFinal && message.Number != sent.SendNumber) return;
        var due = message.Due;
        if (!_driver.Verifier.Answered(pending.Peer, pending.Index, _client.Attempt, sent)) return;
        if (!message.IsResent && _driver.IsMeasured(_client, due)) RawMeasures.Record(_driver.Measures.Acknowledgement, due, _driver.Now);
        Sends.Finish(sent.SendNumber);
    }

    private void Refused(in ErrorFrame error)
    {
        if (error.SendNumber == 0)
        {
            // The server takes leave, or has lost patience with one who does not read: both come back by login.
            if (error.Code is not (ErrorCode.GoingAway or ErrorCode.TooSlow)) _driver.Fail($"{_client.User}: {error.Code} {error.Detail}");
            _client.Close(reset: true);
            return;
        }

        if (error.Code is ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.OutOfOrder or ErrorCode.SettleFirst or ErrorCode.OutcomeUnknown)
        {
            // The numbers behind a refused one are refused as well, so all of them go again.
            if (error.Code != ErrorCode.OutOfOrder) _driver.Measures.Postponed++;
            if (_retryAt != 0) return;
            var wait = TimeSpan.FromMilliseconds(Math.Max(error.RetryAfterMs, RetryAfterMin.TotalMilliseconds));
            _retryAt = _driver.Now + (long)(wait.TotalSeconds * Stopwatch.Frequency);
            _driver.RetryLater(this);
            return;
        }

        if (!Sends.TryGet(error.SendNumber, out var pending))
        {
            _driver.Verifier.Invent(_client.Index, error.SendNumber);
            return;
        }

        if (_driver.Verifier.Refuse(pending.Peer, pending.Index, _client.Attempt, error.SendNumber, error.Code)) Sends.Finish(error.SendNumber);
    }

    private void Came(in MessageFrame message)
    {
        if (PeerOf(message.Conversation.User) is not { } peer)
        {
            _driver.Verifier.Invent(_client.Index, message.SendNumber);
            return;
        }

        var isNew = _driver.Verifier.Delivered(peer, _client.Attempt, message);
        if (isNew && peer.IsTimed && LoadPayload.TryReadDue(message.Payload.Span, out var due) && _driver.IsMeasured(_client, due)) RawMeasures.Record(_driver.Measures.EndToEnd, due, _driver.Now);
        Owe(peer, message.Payload.Length);
    }

    private void Owe(RawPeer peer, int bytes)
    {
        if (peer.Unacknowledged++ == 0) _unacknowledged.Add(peer);
        _unacknowledgedCount++;
        _unacknowledgedBytes += bytes;
    }

    private void TakeMarks(in MarksFrame marks)
    {
        MarksVersion = Math.Max(MarksVersion, marks.Version);
        foreach (var mark in marks.Items)
        {
            if (!mark.Conversation.IsGroup && PeerOf(mark.Conversation.User) is { } peer) _driver.Verifier.Marked(peer, _client.Attempt, mark);
            else _driver.Fail($"{_client.User}: marks of {mark.Conversation}, which it has no part in");
        }
    }
}
