using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Client;

/// <summary>
/// One device of one user on a server. It connects, logs in, comes back by itself when the connection is lost, sends each message
/// exactly once and hands on each received message at least once, with a (conversation, sequence) by which a second one is known.
/// All members may be called from any thread; each stream has one reader at a time. Dispose it to log out.
/// </summary>
public sealed class ChatClient : IAsyncDisposable
{
    /// <summary>Changes that nobody has read yet; of more the oldest are dropped.</summary>
    private const int MaxChanges = 64;

    /// <summary>Servers in a row that may say "elsewhere".</summary>
    private const int MaxRedirects = 3;

    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(2);

    private readonly ChatClientOptions _options;
    private readonly ClientMemory _memory;
    private readonly Credentials _credentials;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ConnectionChange> _changes = Channel.CreateBounded<ConnectionChange>(
        new BoundedChannelOptions(MaxChanges) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly Lock _lock = new();
    private Task? _run;
    private ClientSession? _session;
    private string _host;
    private int _port;
    private int _redirects;
    private volatile bool _isClosing;
    private bool _newInstance;
    private volatile ConnectionState _state = ConnectionState.Offline;

    /// <summary>A client that does nothing yet; it opens nothing but the store.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    public ChatClient(ChatClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _memory = new ClientMemory(options);
        _credentials = new Credentials(options.Password, options.Register);
        _credentials.Use(_memory.Token);
        _backoff = new Backoff(options.ReconnectMin, options.ReconnectMax, options.Chance);
        (_host, _port) = (options.Host, options.Port);
    }

    /// <summary>Where it stands now.</summary>
    public ConnectionState State => _state;

    /// <summary>
    /// What an earlier run with the same store sent without seeing the answer; it is sent again by itself. Known from the start.
    /// </summary>
    public IReadOnlyList<RecoveredSend> RecoveredSends => _memory.Recovered;

    /// <summary>Begins to connect, and goes on until the client is disposed or refused for good. Only the first call counts.</summary>
    public void Start()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosing, this);
            _run ??= Task.Run(RunAsync);
        }
    }

    /// <summary>
    /// Starts, and returns when logged in. A server that is away, busy or going away is tried again until
    /// <paramref name="cancellation"/>, which ends the waiting only.
    /// </summary>
    /// <exception cref="ChatRefusedException">The server refused the login for good.</exception>
    /// <exception cref="ChatStoppedException">The client was disposed, or its store is broken.</exception>
    public async Task ConnectAsync(CancellationToken cancellation = default)
    {
        Start();
        await _online.Task.WaitAsync(cancellation);
    }

    /// <summary>
    /// Sends a message to a user. It returns when the server has promised it; until then it is sent again over reconnects, under one
    /// number, so that it arrives once. Messages arrive in the order of the calls, of which many may be waiting at a time.
    /// </summary>
    /// <param name="to">The recipient.</param>
    /// <param name="payload">The message, copied: at most 16,384 bytes that nobody looks into.</param>
    /// <param name="cancellation">Ends the waiting. The message is taken back only if the client had not begun to send it.</param>
    /// <exception cref="ArgumentException">No recipient, or a payload that is too large.</exception>
    /// <exception cref="ChatRefusedException">
    /// Refused for good; later messages go on. Also with <see cref="ErrorCode.Busy"/> when 65,536 sends wait here.
    /// </exception>
    /// <exception cref="ChatStoppedException">The client ended before the answer.</exception>
    /// <exception cref="IOException">The store cannot keep the message; the client stops.</exception>
    public Task<SentMessage> SendAsync(UserId to, ReadOnlyMemory<byte> payload, CancellationToken cancellation = default)
    {
        if (to.IsNone) throw new ArgumentException("a message needs a recipient", nameof(to));
        if (payload.Length > ProtocolLimits.PayloadBytes)
            throw new ArgumentException($"a message has at most {ProtocolLimits.PayloadBytes} bytes", nameof(payload));
        cancellation.ThrowIfCancellationRequested();

        // Numbered in this call, not in a continuation: the order of calls is the order of messages.
        var send = _memory.Send(WireConversation.Direct(to), payload.ToArray());
        return cancellation.CanBeCanceled ? WaitAsync(send, cancellation) : send.Answer;
    }

    /// <summary>
    /// What others, and this user's other devices, write: per conversation in order, each once in the life of this client. After
    /// a crash before its acknowledgement a message comes again in the next run. Ends when the client is disposed; with
    /// <see cref="ChatStoppedException"/> when it was stopped.
    /// </summary>
    public async IAsyncEnumerable<ReceivedMessage> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var message in _memory.Received.ReadAllAsync(cancellation))
        {
            yield return message;
            if (_options.AcknowledgeMode == AcknowledgeMode.Automatic) Acknowledge(message);
        }
    }

    /// <summary>
    /// The application keeps this message and all before it in its conversation. The server hears of it soon, after the store has been
    /// flushed; the sender then sees "delivered", and the window opens for as many more. After the end of the client it has no effect:
    /// the message comes again in the next run.
    /// </summary>
    /// <exception cref="IOException">The store cannot keep it; the client stops.</exception>
    public void Acknowledge(ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _memory.Acknowledge(message);
    }

    /// <summary>
    /// The user has read the direct conversation with another user up to a sequence; what was received up to it counts as acknowledged.
    /// </summary>
    /// <inheritdoc cref="Acknowledge" path="/exception"/>
    public void MarkRead(UserId with, ulong sequence) => _memory.MarkRead(WireConversation.Direct(with), sequence);

    /// <summary>
    /// How far others have received and read what this user wrote: the latest value, so a slow reader skips values that are outdated.
    /// Marks count as taken when the reader asks for more; those that were not come again in the next run. Ends with the client.
    /// </summary>
    public async IAsyncEnumerable<Mark> MarksAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (_memory.Stopped is null)
        {
            await _memory.MarksCame.WaitAsync(cancellation);
            var (marks, version) = _memory.TakeMarks();
            foreach (var mark in marks) yield return mark;
            _memory.OnMarksTaken(version);
        }
    }

    /// <summary>Changes of <see cref="State"/>; of more than 64 unread ones the oldest are dropped. Ends with the client.</summary>
    public IAsyncEnumerable<ConnectionChange> ConnectionChangesAsync(CancellationToken cancellation = default) =>
        _changes.Reader.ReadAllAsync(cancellation);

    /// <summary>
    /// Logs out: tells the server what was acknowledged, closes connection and store. Sends without an answer fail with
    /// <see cref="ChatStoppedException"/>; with a store that lasts the next run learns what became of them.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task? run;
        ClientSession? session;
        lock (_lock)
        {
            if (_isClosing) return;
            _isClosing = true;
            run = _run;
            session = _session;
        }

        // In a session it ends in order; otherwise there is nothing to say.
        session?.Finish();
        if (session is null) await _stop.CancelAsync();
        if (run is not null)
        {
            _stop.CancelAfter(FinishTimeout);
            await run;
        }

        Stop(new ChatStoppedException(ErrorCode.None, "the client was closed"), new ConnectionChange(ConnectionState.Stopped, ErrorCode.None, "", TimeSpan.Zero));
        _memory.Dispose();
        _stop.Dispose();
    }

    private async Task<SentMessage> WaitAsync(PendingSend send, CancellationToken cancellation)
    {
        try
        {
            return await send.Answer.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _memory.Withdraw(send);
            throw;
        }
    }

    /// <summary>The one loop behind a client; whatever breaks ends here.</summary>
    private async Task RunAsync()
    {
        var keeping = KeepAsync();
        try
        {
            await ConnectAgainAndAgainAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed, or the store broke: see the fault below.
        }
        catch (Exception fault)
        {
            _memory.Fault.TrySetResult(fault);
        }

        await _stop.CancelAsync();
        await keeping;
        if (_memory.Fault.Task.IsCompleted) StopForFault(await _memory.Fault.Task);
    }

    private async Task KeepAsync()
    {
        var flushing = _memory.KeepFlushingAsync(_stop.Token);
        if (await Task.WhenAny(flushing, _memory.Fault.Task) != flushing) await _stop.CancelAsync();
        try
        {
            await flushing;
        }
        catch (OperationCanceledException)
        {
            // The client ends.
        }
        catch (Exception fault)
        {
            _memory.Fault.TrySetResult(fault);
            await _stop.CancelAsync();
        }
    }

    private async Task ConnectAgainAndAgainAsync()
    {
        while (true)
        {
            var end = await AttemptAsync();
            if (_isClosing || _memory.Fault.Task.IsCompleted) return;
            if (!TryPrepare(end, out var wait)) return;
            if (wait == TimeSpan.Zero) continue;

            // Whoever sent the client elsewhere knows best whether it still should.
            (_host, _port) = (_options.Host, _options.Port);
            Change(new ConnectionChange(ConnectionState.Offline, end.Code, end.Detail, wait));
            await Task.Delay(wait, _options.Time, _stop.Token);
        }
    }

    /// <summary>What follows from an end: another attempt after a wait, or, false, none.</summary>
    private bool TryPrepare(SessionEnd end, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (end.Redirect is { } elsewhere && TryRedirect(elsewhere)) return true;
        if (end.Code == ErrorCode.StaleAttempt)
        {
            // An older state of the store is in use: its attempts cannot be told from ghosts.
            _newInstance = true;
            wait = _backoff.Next(end.RetryAfter);
            return true;
        }

        if (_state == ConnectionState.Connecting && !_credentials.Token.IsEmpty && end.Code.AsksForCredentials()) _memory.ForgetToken();
        if (_state == ConnectionState.Connecting && _credentials.OnRefused(end.Code)) return true;
        if (end.Code.MayReconnect() || (_state != ConnectionState.Connecting && end.Code.AsksForCredentials()))
        {
            wait = _backoff.Next(end.RetryAfter);
            return true;
        }

        Stop(new ChatRefusedException(end.Code, end.Detail), new ConnectionChange(ConnectionState.Stopped, end.Code, end.Detail, TimeSpan.Zero));
        return false;
    }

    /// <summary>One connection, from its opening to its end.</summary>
    private async Task<SessionEnd> AttemptAsync()
    {
        Change(new ConnectionChange(ConnectionState.Connecting, ErrorCode.None, "", TimeSpan.Zero));
        if (!_credentials.Has) return new SessionEnd(ErrorCode.BadCredentials, TimeSpan.Zero, "neither a token nor a password is here");
        try
        {
            using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            using var connection = await ClientConnection.OpenAsync(_host, _port, either.Token);
            await HelloAsync(connection, either.Token);
            if (!await connection.NextAsync(either.Token)) return SessionEnd.Local("the server closed the connection");
            return Refusal(connection, out var welcome) ?? await ServeAsync(connection, welcome);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return SessionEnd.Local("the server did not answer in time");
        }
        catch (Exception broken) when (broken is SocketException or IOException or InvalidDataException && !_memory.Fault.Task.IsCompleted)
        {
            return SessionEnd.Local(broken.Message);
        }
    }

    private async Task HelloAsync(ClientConnection connection, CancellationToken cancellation)
    {
        var hello = _memory.NextHello(_newInstance) with { Method = _credentials.Method, Secret = _credentials.Secret };
        _newInstance = false;
        var bytes = new byte[ProtocolLimits.PreambleBytes + FrameCodec.MaxBytes(hello)];
        Preamble.Write(bytes);
        var length = FrameCodec.Write(bytes.AsSpan(ProtocolLimits.PreambleBytes), hello, correlation: 1);
        await connection.WriteAsync(bytes.AsMemory(0, ProtocolLimits.PreambleBytes + length), cancellation);
    }

    /// <summary>Why the first frame of the server is not a welcome here; null: it is.</summary>
    private static SessionEnd? Refusal(ClientConnection connection, out WelcomeFrame welcome)
    {
        welcome = default;
        switch (connection.Header.Kind)
        {
            case FrameKind.Welcome when FrameCodec.Read(connection.Body, out welcome) == ErrorCode.None:
                return welcome.Redirect is { } elsewhere ? SessionEnd.Local("the user lives elsewhere") with { Redirect = elsewhere } : null;
            case FrameKind.Error when FrameCodec.Read<ErrorFrame>(connection.Body, out var error) == ErrorCode.None:
                return new SessionEnd(error.Code, TimeSpan.FromMilliseconds(error.RetryAfterMs), error.Detail);
            case FrameKind.GoAway when FrameCodec.Read<GoAwayFrame>(connection.Body, out var goAway) == ErrorCode.None:
                return new SessionEnd(goAway.Code, TimeSpan.FromMilliseconds(goAway.ReconnectAfterMs), goAway.Detail);
            default:
                return SessionEnd.Local($"the server answered Hello with a frame of kind {connection.Header.Kind} that cannot be read here");
        }
    }

    private async Task<SessionEnd> ServeAsync(ClientConnection connection, WelcomeFrame welcome)
    {
        var isOther = _memory.OnWelcome(welcome);
        if (!welcome.Token.IsEmpty) _credentials.Use(welcome.Token.ToArray());
        _backoff.Reset();
        _redirects = 0;
        var seconds = _options.Foreground ? welcome.KeepAlive.ForegroundSeconds : welcome.KeepAlive.BackgroundSeconds;
        var session = new ClientSession(connection, _memory, _options, TimeSpan.FromSeconds(Math.Max(1, seconds)), OnCaughtUp);
        lock (_lock)
        {
            if (_isClosing) return SessionEnd.Local("the client was closed");
            _session = session;
        }

        Change(new ConnectionChange(ConnectionState.Online, ErrorCode.None, "", TimeSpan.Zero)
        {
            Detached = welcome.Detached,
            HistoryChanged = isOther,
        });
        _online.TrySetResult();
        try
        {
            return await session.RunAsync(_stop.Token);
        }
        finally
        {
            lock (_lock) _session = null;
            _memory.OnSessionEnd();
        }
    }

    private void OnCaughtUp() => Change(new ConnectionChange(ConnectionState.CaughtUp, ErrorCode.None, "", TimeSpan.Zero));

    private bool TryRedirect(string elsewhere)
    {
        var colon = elsewhere.LastIndexOf(':');
        if (++_redirects > MaxRedirects || colon < 1 || !ushort.TryParse(elsewhere.AsSpan(colon + 1), out var port)) return false;
        (_host, _port) = (elsewhere[..colon].Trim('[', ']'), port);
        return true;
    }

    private void StopForFault(Exception fault) => Stop(
        new ChatStoppedException(ErrorCode.None, fault.Message, fault),
        new ConnectionChange(ConnectionState.Stopped, ErrorCode.None, fault.Message, TimeSpan.Zero));

    private void Stop(Exception reason, ConnectionChange change)
    {
        if (_state == ConnectionState.Stopped) return;
        Change(change);
        _changes.Writer.TryComplete();

        // A refusal of the login is no word about a message: that may have been sent.
        var forSends = reason as ChatStoppedException ?? new ChatStoppedException(change.Code, change.Detail, reason);
        _memory.Stop(forSends, isOrderly: change.Code == ErrorCode.None && forSends.InnerException is null);
        _online.TrySetException(reason);
        _ = _online.Task.Exception;
    }

    private void Change(ConnectionChange change)
    {
        _state = change.State;
        _changes.Writer.TryWrite(change);
    }
}
