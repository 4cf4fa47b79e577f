using System.Buffers;
using System.Threading.Channels;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// All that a client knows between connections: sends, cursors, marks and their store. One lock guards it, held for no longer than an
/// append to the store; the application's calls, the session's reader and writer and the flushing loop meet here.
/// </summary>
internal sealed class ClientMemory : IDisposable
{
    /// <summary>Sends that wait for a number; beyond it the application is refused at once.</summary>
    public const int MaxWaiting = 65_536;

    /// <summary>About what one write to the socket carries.</summary>
    private const int MaxWriteBytes = 64 * 1_024;

    private readonly Lock _lock = new();
    private readonly Lock _flushing = new();
    private readonly ChatClientOptions _options;
    private readonly IClientStore _store;
    private readonly long _started;
    private readonly SendPipeline _sends = new();
    private readonly Inbox _inbox = new();
    private readonly MarksTable _marks = new();
    private readonly Queue<PendingSend> _waiting = [];
    private readonly Channel<ReceivedMessage> _received;
    private readonly Wake _keeper = new();
    private ReadOnlyMemory<byte> _history;
    private ulong _instance;
    private uint _attempt;
    private uint _correlation;
    private bool _isNumbering;
    private Exception? _stopped;

    public ClientMemory(ChatClientOptions options)
    {
        _options = options;
        _store = options.Store ?? new MemoryClientStore();
        _started = options.Time.GetTimestamp();

        // The server pushes no more than the window beyond what is acknowledged, over all sessions; duplicates are not queued.
        _received = Channel.CreateBounded<ReceivedMessage>(options.WindowMessages);
        var stored = _store.Load();
        Token = stored.Token;
        _history = stored.History;
        (_instance, _attempt) = (stored.Instance, stored.Attempt);
        List<PendingSend> unanswered =
            [.. stored.UnansweredSends.Select(send => new PendingSend(send.Conversation, send.Payload) { Number = send.SendNumber })];
        Recovered = [.. unanswered.Select(send => new RecoveredSend(send.Conversation, send.Number, send.Payload, send.Answer))];
        _sends.Recover(stored.LastSendNumber, unanswered);
        _inbox.Recover(stored.Cursors);
        _marks.Recover(stored.MarksVersion);
    }

    /// <summary>As the store had it at the start.</summary>
    public ReadOnlyMemory<byte> Token { get; }

    public IReadOnlyList<RecoveredSend> Recovered { get; }

    public ChannelReader<ReceivedMessage> Received => _received.Reader;

    /// <summary>Wakes the session's writer: there may be frames to write.</summary>
    public Wake Writer { get; } = new();

    /// <summary>Wakes the stream of marks.</summary>
    public Wake MarksCame { get; } = new();

    /// <summary>What broke the store; the client stops.</summary>
    public TaskCompletionSource<Exception> Fault { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The client's own clock: time since its start.</summary>
    public TimeSpan Now => _options.Time.GetElapsedTime(_started);

    public Exception? Stopped
    {
        get
        {
            lock (_lock) return _stopped;
        }
    }

    public bool HasUnderWay
    {
        get
        {
            lock (_lock) return _sends.UnderWay > 0;
        }
    }

    public PendingSend Send(WireConversation conversation, ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            if (_stopped is not null) throw _stopped;
            if (_waiting.Count == MaxWaiting) throw new ChatRefusedException(ErrorCode.Busy, $"{MaxWaiting} sends wait already");
            var send = new PendingSend(conversation, payload);
            _waiting.Enqueue(send);
            Number();
            Writer.Set();
            return send;
        }
    }

    /// <summary>Takes a send back if the server cannot have seen it.</summary>
    public void Withdraw(PendingSend send)
    {
        lock (_lock) send.Withdrawn = send.Number == 0;
    }

    public void Acknowledge(ReceivedMessage message)
    {
        lock (_lock)
        {
            if (_stopped is null && message.History == _inbox.History) KeepCursors(_inbox.Acknowledge(message.Conversation, message.Sequence));
        }
    }

    public void MarkRead(WireConversation conversation, ulong sequence)
    {
        lock (_lock)
        {
            if (_stopped is null) KeepCursors(_inbox.MarkRead(conversation, sequence));
        }
    }

    public (Mark[] Marks, ulong Version) TakeMarks()
    {
        lock (_lock) return _marks.Take();
    }

    public void OnMarksTaken(ulong version)
    {
        lock (_lock)
        {
            if (_stopped is not null || !_marks.OnTaken(version)) return;
            Keep(() => _store.KeepMarksVersion(version));
            _keeper.Set();
        }
    }

    /// <summary>Hello without credentials, for the next attempt; what it says is kept is flushed.</summary>
    public HelloFrame NextHello(bool newInstance)
    {
        lock (_lock)
        {
            if (newInstance || _instance == 0 || _attempt == uint.MaxValue) (_instance, _attempt) = (DrawInstance(), 0);
            _attempt++;
            Keep(() => _store.KeepAttempt(_instance, _attempt));
        }

        Flush();
        lock (_lock)
        {
            return new HelloFrame
            {
                User = _options.User,
                Device = _options.Device,
                Instance = _instance,
                Attempt = _attempt,
                Settled = _sends.Settled,
                Foreground = _options.Foreground,
                WindowMessages = (uint)_options.WindowMessages,
                WindowBytes = (uint)_options.WindowBytes,
                ClientName = _options.ClientName,
                ClientVersion = _options.ClientVersion,
                MarksVersion = _marks.Kept,
            };
        }
    }

    /// <summary>A session is open. Whether its history is another than that of the cursors, which then are forgotten.</summary>
    public bool OnWelcome(in WelcomeFrame welcome)
    {
        bool isOther;
        lock (_lock)
        {
            var history = welcome.History.ToArray();
            isOther = !_history.IsEmpty && !_history.Span.SequenceEqual(history);
            if (!_history.Span.SequenceEqual(history))
            {
                _history = history;
                _inbox.Forget();
                _marks.Forget();
                while (_received.Reader.TryRead(out _))
                {
                    // Of the old history: the sequences mean other messages now.
                }

                Keep(() => _store.KeepHistory(history));
            }

            if (!welcome.Token.IsEmpty)
            {
                var token = welcome.Token;
                Keep(() => _store.KeepToken(token.Span));
            }

            _inbox.Open();
            _marks.Open();
            _sends.Open(welcome.Limits, welcome.LastSendNumber);
            _isNumbering = true;
            Number();
        }

        // The token must be on disk before it is used: after a crash the older one would count as stolen.
        Flush();
        return isOther;
    }

    public void ForgetToken()
    {
        lock (_lock) Keep(() => _store.KeepToken([]));
    }

    public void OnSessionEnd()
    {
        lock (_lock) _sends.Close();
    }

    public void OnSent(in SentFrame sent)
    {
        lock (_lock)
        {
            if (_sends.Find(sent.SendNumber) is not { } send) return;
            OnFinal(send, usedUp: true);
            send.Complete(new SentMessage(
                sent.Conversation, sent.SendNumber, sent.Sequence, UnixTime(sent.ServerTime), sent.Durability, sent.Duplicate));
        }
    }

    /// <summary>An Error below 5xxx; false when it is not about a send.</summary>
    public bool OnSendError(in ErrorFrame error, uint correlation)
    {
        lock (_lock)
        {
            var underWay = _sends.FindUnderWay(correlation);
            var send = error.SendNumber == 0 ? underWay : _sends.Find(error.SendNumber);
            if (send is null) return error.SendNumber != 0;
            if (error.Code.IsFinal())
            {
                OnFinal(send, usedUp: !error.Code.LeavesMark());
                send.Fail(new ChatRefusedException(error.Code, error.Detail, error.Argument));
            }
            else if (send == underWay || correlation == 0)
            {
                // Otherwise it answers a request that was given up when an earlier number was pulled back.
                _sends.OnRetry(send, error, Now, _options.Chance());
                if (_sends.WantsFlush) _keeper.Set();
            }

            Writer.Set();
            return true;
        }
    }

    /// <summary>What the connection has to end for; null: nothing.</summary>
    public string? OnMessage(in MessageFrame message)
    {
        lock (_lock)
        {
            // Before the cursor moves: what finds no room was not received. A repeat needs no room: after a reconnect the server
            // pushes all again that an application has not taken yet.
            if (_received.Reader.Count >= _options.WindowMessages && _inbox.IsNew(message)) return "the server pushed more than its window";
            switch (_inbox.OnMessage(message))
            {
                case PushOutcome.Gap:
                    return $"a message is missing before {message.Sequence} of {message.Conversation}";
                case PushOutcome.New:
                    _received.Writer.TryWrite(Copy(message));
                    return null;
                default:
                    Writer.Set();
                    return null;
            }
        }
    }

    public void OnMarks(in MarksFrame marks)
    {
        lock (_lock)
        {
            if (_marks.OnMarks(marks)) MarksCame.Set();
        }
    }

    /// <summary>Whether the server has pushed what came.</summary>
    public bool OnPong(in PongFrame pong, TimeSpan pinged)
    {
        lock (_lock)
        {
            _inbox.OnPong(pinged);
            return _inbox.Pushed.Pushed == pong.Pushed && _inbox.Pushed.Checksum == pong.Checksum;
        }
    }

    /// <summary>Writes what may go now; when it is to be asked again without a wake, if ever.</summary>
    public TimeSpan? Fill(ArrayBufferWriter<byte> output, bool withSends)
    {
        lock (_lock)
        {
            var now = Now;
            while (output.WrittenCount < MaxWriteBytes)
            {
                var items = _inbox.TakeKept(now);
                if (items.Length == 0 && !_marks.MustTell) break;
                var receipt = new ReceiptFrame { Items = FrameLists.Over<ReceiptItem>(items), MarksVersion = _marks.Kept, Settled = _sends.Settled };
                FrameCodec.Write(output, receipt);
                _marks.OnTold();
            }

            if (!withSends) return null;
            while (output.WrittenCount < MaxWriteBytes && _sends.Next(now) is { } send) WriteSend(output, send);
            return _sends.WaitsForTime(now) ? _sends.NotBefore : null;
        }
    }

    public void FillPing(ArrayBufferWriter<byte> output, ReadOnlyMemory<byte> echo)
    {
        lock (_lock) FrameCodec.Write(output, new PingFrame { Settled = _sends.Settled, Echo = echo });
    }

    /// <summary>Flushes whenever something waits for it. Runs until it is cancelled or the store breaks.</summary>
    public async Task KeepFlushingAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _keeper.WaitAsync(cancellation);
            Flush();
        }
    }

    /// <summary>Flushes the store; the server may be told what was kept before. Waits for the disk; any thread.</summary>
    public void Flush()
    {
        lock (_flushing)
        {
            ulong answered, taken;
            StoredCursors[] changed;
            int history;
            lock (_lock)
            {
                answered = _sends.Answered;
                taken = _marks.Taken;
                changed = _inbox.TakeChanged();
                history = _inbox.History;
            }

            Keep(_store.Flush);
            lock (_lock)
            {
                _sends.Settle(answered);
                _inbox.OnFlushed(changed, history);
                if (history == _inbox.History) _marks.OnFlushed(taken);
                Writer.Set();
            }
        }
    }

    /// <summary>The client has ended: nothing is answered any more, the streams end.</summary>
    public void Stop(Exception reason, bool isOrderly)
    {
        lock (_lock)
        {
            if (_stopped is not null) return;
            _stopped = reason;
            foreach (var send in _waiting) send.Fail(reason);
            foreach (var send in _sends.Unanswered()) send.Fail(reason);
            _waiting.Clear();
            _received.Writer.TryComplete(isOrderly ? null : reason);
            MarksCame.Set();
        }
    }

    public void Dispose() => _store.Dispose();

    private static DateTimeOffset UnixTime(ulong milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(milliseconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private static ulong DrawInstance()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        return Math.Max(1, BitConverter.ToUInt64(random));
    }

    private ReceivedMessage Copy(in MessageFrame message) => new()
    {
        Conversation = message.Conversation,
        Sequence = message.Sequence,
        Sender = message.Sender,
        SenderDevice = message.SenderDevice,
        SendNumber = message.SendNumber,
        ServerTime = UnixTime(message.ServerTime),
        ContentKind = message.ContentKind,
        Payload = message.Payload.ToArray(),
        History = _inbox.History,
    };

    /// <summary>
    /// Numbers what waits while there is room, in the order of the calls. Not before the first Welcome: a store that lost its end to a
    /// crash would give numbers a second time.
    /// </summary>
    private void Number()
    {
        while (_isNumbering && !_sends.IsFull && _waiting.TryDequeue(out var send))
        {
            if (send.Withdrawn) continue;
            var number = _sends.Last + 1;
            Keep(() => _store.KeepSend(new StoredSend(number, send.Conversation, send.Payload)));
            _sends.Append(send);
        }
    }

    private void OnFinal(PendingSend send, bool usedUp)
    {
        Keep(() => _store.KeepAnswer(send.Number));
        _sends.OnFinal(send, usedUp);
        Number();
        if (_sends.WantsFlush) _keeper.Set();
        Writer.Set();
    }

    private void WriteSend(ArrayBufferWriter<byte> output, PendingSend send)
    {
        var correlation = ++_correlation == 0 ? ++_correlation : _correlation;
        var frame = new SendFrame
        {
            Conversation = send.Conversation,
            SendNumber = send.Number,
            Settled = _sends.Settled,
            ContentKind = ContentKind.Message,
            Payload = send.Payload,
            MinDurability = _options.MinDurability,
        };
        FrameCodec.Write(output, frame, correlation);
        _sends.OnTransmitted(send, correlation);
    }

    private void KeepCursors(StoredCursors? cursors)
    {
        if (cursors is null) return;
        Keep(() => _store.KeepCursors(cursors));
        _keeper.Set();
    }

    private void Keep(Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault)
        {
            // Whoever called gets it; the client's loop hears of it as well and stops: what is not kept must not be promised.
            Fault.TrySetResult(fault);
            throw;
        }
    }
}
