using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Text;
using ChatServer.Bench.Checking;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>
/// One user with one device: sends by number to one or more recipients in turn, keeps and acknowledges what it receives, and goes on
/// after a lost connection with the numbers that were unanswered. What it does and sees is in the history.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    /// <summary>The server announces so many undecided sends; more would only make it stop reading.</summary>
    public const int InFlightMax = 64;

    private const int UnacknowledgedBytesMax = 32 * 1_024;

    private static readonly DeviceId Device = DeviceId.Parse("load");
    private static readonly byte[] Password = Encoding.UTF8.GetBytes("load test password");
    private static readonly TimeSpan RetryAfterMin = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly LoadRules _rules;
    private readonly History _history;
    private readonly LoadMeasures _measures;
    private readonly int _index;
    private readonly int _device;
    private readonly UserId[] _recipients;
    private readonly Queue<PendingSend> _pending = new();
    private readonly Queue<long> _due = new();
    private readonly Dictionary<UserId, PeerCursor> _peers = [];
    private readonly Queue<(PeerCursor Peer, ulong Sequence)> _unkept = new();
    private readonly ulong _instance = (ulong)Random.Shared.NextInt64(1, long.MaxValue);
    private readonly byte[] _payload;
    private LoadConnection? _connection;
    private Task _reading = Task.CompletedTask;
    private byte[] _token = [];
    private uint _attempt;
    private ulong _number;
    private ulong _settled;
    private ulong _session;
    private int _unacknowledgedBytes;
    private int _unacknowledged;
    private long _retryAt;
    private bool _maySend;

    public LoadClient(int index, UserId user, UserId[] recipients, LoadRules rules, History history, LoadMeasures measures)
    {
        _index = index;
        User = user;
        _recipients = recipients;
        _rules = rules;
        _history = history;
        _measures = measures;
        _payload = new byte[rules.PayloadBytesOf(index)];
        _device = history.Names.Device(user.Value, Device.Value);
        history.Take(HistoryEvent.DeviceAdded(_device, isDueAll: true));
        foreach (var recipient in recipients) PeerOf(recipient);
    }

    public UserId User { get; }

    public bool IsConnected => _connection is { IsClosed: false };

    /// <summary>What went against the protocol, in words; null: nothing.</summary>
    public string? Violation { get; private set; }

    /// <summary>Sends that are due or under way.</summary>
    public int Unanswered
    {
        get
        {
            lock (_gate) return _due.Count + _pending.Count(pending => !pending.IsAnswered);
        }
    }

    /// <summary>Whether it kept all that was promised to it.</summary>
    public bool HasAll => _history.IsDrainedTo(_device);

    /// <summary>Connects and logs in, by registration the first time and by token afterwards; sends again what was unanswered.</summary>
    public async Task ConnectAsync(IPEndPoint endPoint, CancellationToken stop)
    {
        var connection = new LoadConnection();
        try
        {
            await connection.OpenAsync(endPoint, stop);
            var hello = new HelloFrame
            {
                User = User, Device = Device, Method = _token.Length == 0 ? LoginMethod.Register : LoginMethod.DeviceToken, Secret = _token.Length == 0 ? Password : _token,
                Instance = _instance, Attempt = ++_attempt, Settled = _settled, ClientName = "chatserver-bench",
            };
            FrameCodec.Write(connection.Output, hello, 1);
            lock (_gate) connection.Flush(_gate);
            FrameHeader header;
            ReadOnlyMemory<byte> body;
            while (!connection.TryTake(out header, out body))
            {
                if (!await connection.ReceiveAsync()) throw new IOException($"{User}: the server closed the connection at login");
            }

            Welcome(connection, header, body);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _reading = ReadAsync(connection);
    }

    /// <summary>In a closed loop the client sends from now on, or stops sending.</summary>
    public void Send(bool on)
    {
        lock (_gate)
        {
            _maySend = on;
            SendWhatMay();
        }
    }

    /// <summary>Another send is due; it comes before those of a closed loop.</summary>
    public void SendDue(long due)
    {
        lock (_gate)
        {
            _due.Enqueue(due);
            SendWhatMay();
        }
    }

    /// <summary>What time brings: a refused send is tried again, and what waits for company is acknowledged.</summary>
    public void Tick(long now)
    {
        lock (_gate)
        {
            if (_connection is not { IsClosed: false } connection) return;
            if (_retryAt != 0 && now >= _retryAt)
            {
                _retryAt = 0;
                SendAgain(connection, counted: false);
                SendWhatMay();
            }

            Keep(all: !_rules.KeepsHalf);
            AcknowledgeKept(connection, least: 1);
            connection.Flush(_gate);
        }
    }

    /// <summary>Keeps all that has come, also what a client of <see cref="LoadRules.KeepsHalf"/> would hold back.</summary>
    public void KeepAll()
    {
        lock (_gate)
        {
            Keep(all: true);
            if (_connection is not { IsClosed: false } connection) return;
            AcknowledgeKept(connection, least: 1);
            connection.Flush(_gate);
        }
    }

    /// <summary>Acknowledges all that has come and ends the connection behind it; returns when the server has ended it too.</summary>
    public async Task LeaveAsync()
    {
        KeepAll();
        lock (_gate) _connection?.Finish();
        await EndedAsync();
    }

    /// <summary>Loses the connection and what was not kept; returns when the reader has ended.</summary>
    public async Task AbortAsync()
    {
        _connection?.Abort();
        await EndedAsync();
    }

    /// <summary>Returns when the connection has ended, by whomever.</summary>
    public async Task EndedAsync()
    {
        await _reading;
        lock (_gate)
        {
            _connection?.Dispose();
            _connection = null;
            _unkept.Clear();
            if (_session != 0) _history.Take(HistoryEvent.SessionClosed(_session, _device));
            _session = 0;
        }
    }

    public void Dispose() => _connection?.Dispose();

    private void Welcome(LoadConnection connection, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        if (header.Kind == FrameKind.Error && FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None) throw new IOException($"{User}: login refused: {error.Code} {error.Detail}");
        if (header.Kind != FrameKind.Welcome || FrameCodec.Read(body, out WelcomeFrame welcome) != ErrorCode.None) throw new IOException($"{User}: {header.Kind} came instead of Welcome");
        lock (_gate)
        {
            if (!welcome.Token.IsEmpty) _token = welcome.Token.ToArray();
            _session = ((ulong)_index << 32) | _attempt;
            _history.Take(HistoryEvent.SessionOpened(_session, _device, welcome.LastSendNumber));
            if (welcome.Detached) _history.Take(HistoryEvent.DeviceDetached(_device));
            _connection = connection;
            _retryAt = 0;
            SendAgain(connection, counted: true);
            SendWhatMay();
            connection.Flush(_gate);
        }
    }

    private async Task ReadAsync(LoadConnection connection)
    {
        do
        {
            lock (_gate)
            {
                while (connection.TryTake(out var header, out var body)) Take(connection, header, body);
                SendWhatMay();
                Keep(all: !_rules.KeepsHalf);
                AcknowledgeKept(connection, _rules.AcknowledgeEvery);
                connection.Flush(_gate);
            }
        }
        while (await connection.ReceiveAsync());
        connection.Dispose();
    }

    private void Take(LoadConnection connection, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Sent when FrameCodec.Read(body, out SentFrame sent) == ErrorCode.None && !sent.Conversation.IsGroup: Answered(sent); break;
            case FrameKind.Message when FrameCodec.Read(body, out MessageFrame message) == ErrorCode.None && !message.Conversation.IsGroup: Came(message); break;
            case FrameKind.Error when FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None: Refused(connection, error); break;
            case FrameKind.Marks when FrameCodec.Read(body, out MarksFrame marks) == ErrorCode.None: TakeMarks(marks); break;
            case FrameKind.CaughtUp or FrameKind.Pong or FrameKind.GoAway: break;
            default:
                Violation = $"{User}: a frame of kind {header.Kind} that cannot be read";
                break;
        }
    }

    private void Answered(in SentFrame sent)
    {
        _history.Take(HistoryEvent.Ok(_session, _device, sent.SendNumber, PeerOf(sent.Conversation.User).Conversation, sent.Sequence, sent.ServerTime, sent.Durability));
        if (sent.Duplicate) _measures.CountDuplicateAnswer();
        Settle(sent.SendNumber, measured: true);
    }

    private void Refused(LoadConnection connection, in ErrorFrame error)
    {
        if (error.SendNumber == 0)
        {
            Violation = $"{User}: {error.Code} {error.Detail}";
            connection.Abort();
            return;
        }

        if (error.Code is ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.OutOfOrder or ErrorCode.SettleFirst or ErrorCode.OutcomeUnknown)
        {
            // The numbers behind a refused one are refused as well, so all of them go again.
            var wait = TimeSpan.FromMilliseconds(Math.Max(error.RetryAfterMs, RetryAfterMin.TotalMilliseconds));
            if (_retryAt == 0) _retryAt = Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);
            return;
        }

        _history.Take(HistoryEvent.Fail(_session, _device, error.SendNumber, error.Code));
        _measures.CountRefused();
        Settle(error.SendNumber, measured: false);
    }

    private void Settle(ulong number, bool measured)
    {
        // Answers come nearly in order: what is looked for is at the front.
        for (var count = _pending.Count; count > 0; count--)
        {
            var pending = _pending.Peek();
            if (pending.Number == number && !pending.IsAnswered)
            {
                if (measured) _measures.Answered(pending.Due);
                pending.IsAnswered = true;
            }
            else if (!pending.IsAnswered) break;

            _pending.Dequeue();
            if (!pending.IsAnswered) continue;
            _settled = pending.Number;
            if (pending.Number >= number) return;
        }

        MarkAnswered(number, measured);
    }

    private void MarkAnswered(ulong number, bool measured)
    {
        for (var count = _pending.Count; count > 0; count--)
        {
            var pending = _pending.Dequeue();
            if (pending.Number == number && !pending.IsAnswered)
            {
                if (measured) _measures.Answered(pending.Due);
                pending.IsAnswered = true;
            }

            _pending.Enqueue(pending);
        }

        while (_pending.TryPeek(out var front) && front.IsAnswered) _settled = _pending.Dequeue().Number;
    }

    private void Came(in MessageFrame message)
    {
        var peer = PeerOf(message.Conversation.User);
        var sender = message.Sender == peer.User && message.SenderDevice == Device ? peer.Device : _history.Names.Device(message.Sender.Value, message.SenderDevice.Value);
        var hash = LoadPayload.HashOf(message.Payload.Span);
        _history.Take(HistoryEvent.Delivered(_session, _device, peer.Conversation, message.Sequence, message.Previous, sender, message.SendNumber, hash, message.ServerTime, isKept: !_rules.KeepsHalf));
        if (LoadPayload.TryReadDue(message.Payload.Span, out var due)) _measures.Delivered(due);
        _unkept.Enqueue((peer, message.Sequence));
        _unacknowledgedBytes += message.Payload.Length;
    }

    private void TakeMarks(in MarksFrame marks)
    {
        foreach (var mark in marks.Items)
        {
            if (mark.Conversation.IsGroup)
            {
                Violation = $"{User}: marks of group {mark.Conversation.Group}, and there are no groups in this run";
                return;
            }

            var peer = PeerOf(mark.Conversation.User);
            var user = mark.User == peer.User ? peer.HistoryUser : _history.Names.User(mark.User.Value);
            _history.Take(HistoryEvent.Marks(_session, _device, peer.Conversation, user, mark.DeliveredUpTo, mark.ReadUpTo));
        }
    }

    private void Keep(bool all)
    {
        for (var count = all ? _unkept.Count : _unkept.Count / 2; count > 0; count--)
        {
            var (peer, sequence) = _unkept.Dequeue();
            if (_rules.KeepsHalf) _history.Take(HistoryEvent.Kept(_device, peer.Conversation, sequence));
            peer.Kept = Math.Max(peer.Kept, sequence);
            peer.Unacknowledged++;
            _unacknowledged++;
        }
    }

    private void AcknowledgeKept(LoadConnection connection, int least)
    {
        if (_unacknowledged == 0 || (_unacknowledged < least && _unacknowledgedBytes < UnacknowledgedBytesMax)) return;
        var items = ArrayPool<ReceiptItem>.Shared.Rent(Math.Min(_peers.Count, ProtocolLimits.ListItems));
        var count = 0;
        foreach (var peer in _peers.Values)
        {
            if (peer.Unacknowledged == 0 || count == ProtocolLimits.ListItems) continue;
            _history.Take(HistoryEvent.Receipt(_device, peer.Conversation, peer.Kept, 0));
            items[count++] = new ReceiptItem { Conversation = WireConversation.Direct(peer.User), DeliveredUpTo = peer.Kept };
            _unacknowledged -= peer.Unacknowledged;
            peer.Unacknowledged = 0;
        }

        FrameCodec.Write(connection.Output, new ReceiptFrame { Items = (ReadOnlyMemory<ReceiptItem>)items.AsMemory(0, count), Settled = _settled });
        ArrayPool<ReceiptItem>.Shared.Return(items);
        _unacknowledgedBytes = 0;
    }

    private void SendWhatMay()
    {
        if (_connection is not { IsClosed: false } connection || _retryAt != 0 || _recipients.Length == 0) return;
        while (_pending.Count < _rules.InFlight)
        {
            if (!_due.TryDequeue(out var due))
            {
                if (!_maySend) break;
                due = Stopwatch.GetTimestamp();
            }

            var recipient = (int)(_number % (ulong)_recipients.Length);
            var pending = new PendingSend { Number = ++_number, Due = due, Recipient = recipient };
            _pending.Enqueue(pending);
            Write(connection, pending);
        }

        connection.Flush(_gate);
    }

    private void SendAgain(LoadConnection connection, bool counted)
    {
        foreach (var pending in _pending)
        {
            if (pending.IsAnswered) continue;
            Write(connection, pending);
            if (counted) _measures.CountResent();
        }
    }

    private void Write(LoadConnection connection, in PendingSend pending)
    {
        var recipient = _recipients[pending.Recipient];
        LoadPayload.Write(_payload, _index, pending.Number, pending.Due);
        _history.Take(HistoryEvent.Invoke(_device, pending.Number, PeerOf(recipient).Conversation, LoadPayload.HashOf(_payload)));
        FrameCodec.Write(connection.Output, new SendFrame
        {
            Conversation = WireConversation.Direct(recipient), SendNumber = pending.Number, Settled = _settled, ContentKind = ContentKind.Message, Payload = _payload,
        });
    }

    private PeerCursor PeerOf(UserId user)
    {
        if (_peers.TryGetValue(user, out var known)) return known;
        var names = _history.Names;
        var (own, other) = (names.User(User.Value), names.User(user.Value));
        var peer = new PeerCursor(user, other, names.Device(user.Value, Device.Value), names.Direct(own, other));
        _history.Take(HistoryEvent.Member(peer.Conversation, own));
        _history.Take(HistoryEvent.Member(peer.Conversation, other));
        _peers.Add(user, peer);
        return peer;
    }
}
