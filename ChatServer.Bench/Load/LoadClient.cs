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
/// after a lost connection with the numbers that were unanswered. Everything it knows of promises is in the ledger.
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
    private readonly Ledger _ledger;
    private readonly LoadMeasures _measures;
    private readonly int _index;
    private readonly (int Index, UserId User)[] _recipients;
    private readonly Queue<PendingSend> _pending = new();
    private readonly Queue<long> _due = new();
    private readonly Dictionary<UserId, PeerCursor> _peers = [];
    private readonly Queue<(PeerCursor Peer, int Sender, ulong Number, ulong Sequence, ulong Hash)> _unkept = new();
    private readonly ulong _instance = (ulong)Random.Shared.NextInt64(1, long.MaxValue);
    private readonly byte[] _payload;
    private LoadConnection? _connection;
    private Task _reading = Task.CompletedTask;
    private byte[] _token = [];
    private uint _attempt;
    private ulong _number;
    private ulong _settled;
    private ulong _acknowledgedUpTo;
    private int _unacknowledgedBytes;
    private int _unacknowledged;
    private long _retryAt;
    private bool _maySend;

    public LoadClient(int index, UserId user, (int Index, UserId User)[] recipients, LoadRules rules, Ledger ledger, LoadMeasures measures)
    {
        _index = index;
        User = user;
        _recipients = recipients;
        _rules = rules;
        _ledger = ledger;
        _measures = measures;
        _payload = new byte[rules.PayloadBytes];
    }

    public UserId User { get; }

    public bool IsConnected => _connection is { IsClosed: false };

    /// <summary>What went against the protocol, in words; null: nothing.</summary>
    public string? Violation { get; private set; }

    public int Unanswered
    {
        get
        {
            lock (_gate) return _pending.Count(pending => !pending.IsAnswered);
        }
    }

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

    /// <summary>In an open loop: another send is due.</summary>
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
            foreach (var peer in _peers.Values) peer.CameInSession = 0;
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
            if (welcome.LastSendNumber < _acknowledgedUpTo) Violation = $"{User}: the server promised {_acknowledgedUpTo} and knows of {welcome.LastSendNumber}";
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
            case FrameKind.Sent when FrameCodec.Read(body, out SentFrame sent) == ErrorCode.None: Answered(sent); break;
            case FrameKind.Message when FrameCodec.Read(body, out MessageFrame message) == ErrorCode.None: Came(message); break;
            case FrameKind.Error when FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None: Refused(connection, error); break;
            case FrameKind.Marks or FrameKind.CaughtUp or FrameKind.Pong or FrameKind.GoAway: break;
            default:
                Violation = $"{User}: a frame of kind {header.Kind} that cannot be read";
                break;
        }
    }

    private void Answered(in SentFrame sent)
    {
        _ledger.Acknowledged(_index, sent.SendNumber, sent.Sequence);
        _acknowledgedUpTo = Math.Max(_acknowledgedUpTo, sent.SendNumber);
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

        if (error.Code is ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.OutOfOrder or ErrorCode.SettleFirst)
        {
            // The numbers behind a refused one are refused as well, so all of them go again.
            var wait = TimeSpan.FromMilliseconds(Math.Max(error.RetryAfterMs, RetryAfterMin.TotalMilliseconds));
            if (_retryAt == 0) _retryAt = Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);
            return;
        }

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
        if (!LoadPayload.TryRead(message.Payload.Span, out var sender, out var number, out var due)) return;
        var user = message.Conversation.User;
        if (!_peers.TryGetValue(user, out var peer)) _peers.Add(user, peer = new PeerCursor(user));

        // The first of a session names the server's cursor, which passes what this device wrote itself.
        if (peer.CameInSession != 0 && message.Previous != peer.CameInSession) _ledger.Gap();
        if (message.SendNumber != number) Violation = $"{User}: message {number} came as number {message.SendNumber}";
        peer.CameInSession = message.Sequence;
        _measures.Delivered(due);
        _unkept.Enqueue((peer, sender, number, message.Sequence, LoadPayload.HashOf(message.Payload.Span)));
        _unacknowledgedBytes += message.Payload.Length;
    }

    private void Keep(bool all)
    {
        for (var count = all ? _unkept.Count : _unkept.Count / 2; count > 0; count--)
        {
            var (peer, sender, number, sequence, hash) = _unkept.Dequeue();
            _ledger.Received(_index, sender, number, sequence, hash);
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
            long due;
            if (_rules.IsOpenLoop)
            {
                if (!_due.TryDequeue(out due)) break;
            }
            else if (_maySend) due = Stopwatch.GetTimestamp();
            else break;

            var recipient = (int)(_number % (ulong)_recipients.Length);
            var pending = new PendingSend { Number = ++_number, Due = due, Recipient = recipient };
            _pending.Enqueue(pending);
            LoadPayload.Write(_payload, _index, pending.Number, due);
            _ledger.Sent(_index, pending.Number, _recipients[recipient].Index, LoadPayload.HashOf(_payload));
            Write(connection, pending);
        }

        connection.Flush(_gate);
    }

    private void SendAgain(LoadConnection connection, bool counted)
    {
        foreach (var pending in _pending)
        {
            if (pending.IsAnswered) continue;
            LoadPayload.Write(_payload, _index, pending.Number, pending.Due);
            Write(connection, pending);
            if (counted) _measures.CountResent();
        }
    }

    private void Write(LoadConnection connection, in PendingSend pending) => FrameCodec.Write(connection.Output, new SendFrame
    {
        Conversation = WireConversation.Direct(_recipients[pending.Recipient].User), SendNumber = pending.Number, Settled = _settled, ContentKind = ContentKind.Message, Payload = _payload,
    });
}
