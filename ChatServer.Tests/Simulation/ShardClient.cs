using System.IO.Hashing;
using System.Text;
using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Tests.Core;
using NUnit.Framework;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// One installation of a client program, as a network has it: connects, logs in, sends, acknowledges, as the protocol says; loses
/// connections, forgets nothing unless told to.
/// </summary>
internal sealed class ShardClient : ModelDevice
{
    private const long PongPatience = 10_000_000;
    private const long WelcomePatience = 10_000_000;

    private readonly ShardWorld _world;
    private readonly bool _registers;
    private readonly SimulationRandom _random;
    private ModelSends? _sends;
    private ModelInbox? _inbox;
    private ShardSession? _session;
    private byte[]? _token;
    private ulong _instance;
    private uint _attempt;
    private int _triedPassword = -1;
    private int _knownPassword;
    private int _supersededPassword;
    private bool _isRegistered;
    private ErrorCode _lastEnd;
    private bool _isAdded;
    private bool _isOpen;
    private bool _mayBeTakenOver;
    private long _connectedAt;
    private long _connectNotBefore;
    private long _readNotBefore;

    public ShardClient(ShardWorld world, UserId user, DeviceId device, bool registers, SimulationRandom random)
        : base(world, user, device)
    {
        _world = world;
        _registers = registers;
        _random = random;
        _instance = NewInstance();
    }

    public override IReadOnlyDictionary<UserId, (ulong Delivered, ulong Read)> Marks => _inbox?.Marks ?? new Dictionary<UserId, (ulong, ulong)>();

    /// <summary>Somebody asked for this device to be removed; it may or may not have come through.</summary>
    public bool MayBeRemoved { get; set; }

    /// <summary>Somebody set the user's password; sessions and tokens may be worth nothing.</summary>
    public bool MayBeRevoked { get; set; }

    public bool IsOpen => _isOpen;

    public SimulatedLink? Link => _session?.Link;

    public bool IsDone => _isOpen && _sends is { HasOpen: false } && _inbox is { IsCaughtUp: true } && _session is { Link.Down.Readable: 0, PingedAt: null };

    public ulong Settled => _sends?.Settled ?? 0;

    private long Now => _world.Time.Now;

    public string Describe() =>
        $"{this} ({(_session is null ? $"away until {_connectNotBefore} since {Now} after {_lastEnd}" : _isOpen ? "open" : "logging in")}{(_inbox is { IsCaughtUp: true } ? "" : ", catching up")}, open sends: {_sends?.Describe()})";

    public void Act()
    {
        if (!TryBeAt(out var session, out var sends, out var inbox)) return;
        switch (_random.Next(12))
        {
            case 0: sends.ResendAny(session, _random); break;
            case 1 or 2: Ping(session); break;
            case 3 or 4 or 5: inbox.AcknowledgeSome(session, _random); break;
            case 6: sends.ResendWhenDue(session); break;
            case 7 when _random.Next(4) == 0: session.ListDevices(); break;
            case 8 when _random.Next(4) == 0:
                // As much at once as fills a drain.
                var to = _world.AnyRecipient(User, _random);
                for (var count = 40; count > 0; count--) sends.SendNew(session, to, 200);
                break;
            default:
                for (var count = _random.Next(1, 6); count > 0; count--) sends.SendNew(session, _world.AnyRecipient(User, _random), PaddingBytes());
                break;
        }
    }

    /// <summary>After the faults: connect, answer for everything, send what is open.</summary>
    public void Settle()
    {
        _readNotBefore = 0;
        Read();
        if (!TryBeAt(out var session, out var sends, out var inbox)) return;
        sends.ResendWhenDue(session);
        inbox.AcknowledgeAll(session);
        if (session.PingedAt is null) Ping(session);
    }

    public void RemoveOther(ShardClient other)
    {
        if (!_isOpen || _session is not { IsLeaving: false, HasRoom: true } session) return;
        other.MayBeRemoved = true;
        _world.Record(HistoryEvent.DeviceRemoved(other.HistoryDevice));
        session.RemoveDevice(other.Device);
    }

    public void Cut(bool breaks)
    {
        _session?.Link.CloseByClient(breaks);
        Disconnected(0);
    }

    /// <summary>The network under it is gone; it finds out later, if at all.</summary>
    public void FallSilent()
    {
        if (_session is not { } session) return;
        _world.Saw("half-open");
        session.Link.FallSilent();
        if (_random.Next(2) == 0) Disconnected(0); // it knows at once; the server does not
    }

    public void StopReading(long microseconds)
    {
        _readNotBefore = Now + microseconds;
        _world.Schedule.At(_readNotBefore, Read);
    }

    /// <summary>The program ends and starts again; what it has stored is there.</summary>
    public void Crash()
    {
        Cut(breaks: true);
        _mayBeTakenOver = true; // what an earlier instance tried to open may still come through
        _instance = NewInstance();
        _attempt = 0;
    }

    public void LoseStore()
    {
        Crash();
        ForgetAll();
    }

    private ulong NewInstance() => (ulong)_random.NextInt64(1, long.MaxValue);

    private int PaddingBytes()
    {
        if (_random.Chance(_world.Settings.LargePayloads)) return _random.Next(1_000, 7_000);
        return _random.Next(4) == 0 ? _random.Next(300) : 0;
    }

    private bool TryBeAt(out ShardSession session, out ModelSends sends, out ModelInbox inbox)
    {
        (session, sends, inbox) = (_session!, _sends!, _inbox!); // used only when this is true
        if (_session is null)
        {
            Connect();
            return false;
        }

        var waitsForPong = _session.PingedAt is { } pinged && Now - pinged > PongPatience;
        if (waitsForPong || (!_isOpen && Now - _connectedAt > WelcomePatience))
        {
            Assert.That(_connectedAt, Is.LessThanOrEqualTo(_world.HealedAt), $"P10: {this}: a connection without faults does not answer");
            _world.Saw("a client gives a dead connection up");
            Cut(breaks: false);
            return false;
        }

        return _isOpen && !_session.IsLeaving && _session.HasRoom && _sends is not null && _inbox is not null;
    }

    private void Connect()
    {
        if (Now < _connectNotBefore || (!_registers && !_world.IsRegistered(User))) return;
        if (_world.Connect(this) is not { } link)
        {
            _connectNotBefore = Now + _random.Next(500_000);
            return;
        }

        var session = new ShardSession(_world.NextSession(), link, _random) { Settled = () => Settled };
        _session = session;
        _connectedAt = Now;
        link.Down.Arrived = Read;
        session.Begin(Hello());
    }

    private HelloFrame Hello()
    {
        _triedPassword = -1;
        var (method, secret) = (LoginMethod.DeviceToken, _token ?? []);
        if (_token is null && _registers && !_isRegistered)
        {
            if (!_isAdded) _world.Record(HistoryEvent.DeviceAdded(HistoryDevice, isDueAll: true));
            _isAdded = true;
            (method, secret) = (LoginMethod.Register, Encoding.UTF8.GetBytes(_world.PasswordsOf(User)[0]));
        }
        else if (_token is null)
        {
            var passwords = _world.PasswordsOf(User);
            _triedPassword = Math.Min(_knownPassword, passwords.Count - 1);
            _supersededPassword = _world.ConfirmedPassword(User);
            (method, secret) = (LoginMethod.Password, Encoding.UTF8.GetBytes(passwords[_triedPassword]));
        }

        return new HelloFrame
        {
            User = User, Device = Device, Method = method, Secret = secret, Instance = _instance, Attempt = ++_attempt, Settled = Settled,
            MarksVersion = _inbox?.MarksVersion ?? 0, WindowMessages = (uint)_world.WindowMessages,
        };
    }

    private void Ping(ShardSession session)
    {
        session.Ping(Settled);
        session.PingedAt ??= Now;
    }

    private void Disconnected(long waitMicroseconds)
    {
        if (_isOpen && _session is { } session) _world.Record(HistoryEvent.SessionClosed(session.Session, HistoryDevice));
        _session = null;
        _isOpen = false;
        _connectNotBefore = Math.Max(_connectNotBefore, Now + waitMicroseconds);
    }

    private void Read()
    {
        while (_session is { } session && Now >= _readNotBefore)
        {
            if (session.TryRead(out var header, out var body))
            {
                _world.Trace((ulong)header.Kind, header.Correlation, body.Span);
                Take(session, header, body);
                continue;
            }

            if (session.Link.Down.HasEnded || session.Link.Down.IsBroken)
            {
                session.Link.CloseByClient(breaks: false);
                Disconnected(_random.Next(200_000));
            }

            return;
        }
    }

    private void Take(ShardSession session, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Welcome: Welcome(session, Decoded<WelcomeFrame>(body)); return;
            case FrameKind.Error: Refused(session, header, Decoded<ErrorFrame>(body)); return;
            case FrameKind.GoAway: GoAway(session, Decoded<GoAwayFrame>(body)); return;
        }

        if (header.Kind is not (FrameKind.Sent or FrameKind.Message or FrameKind.Marks)) _world.Record(HistoryEvent.Heard(session.Session, HistoryDevice));
        if (_sends is null || _inbox is null) throw new InvalidOperationException("an open session has its store");
        switch (header.Kind)
        {
            case FrameKind.Sent: Sent(session, _sends, Decoded<SentFrame>(body)); break;
            case FrameKind.Message: Message(session, _inbox, Decoded<MessageFrame>(body)); break;
            case FrameKind.CaughtUp: _inbox.CaughtUp(); break;
            case FrameKind.Marks: TakeMarks(session, _inbox, Decoded<MarksFrame>(body)); break;
            case FrameKind.Pong: Pong(session, Decoded<PongFrame>(body)); break;
            case FrameKind.Devices: Assert.That(Decoded<DevicesFrame>(body).Items.Count, Is.LessThanOrEqualTo(_world.Settings.Limits.DevicesPerUser)); break;
            case FrameKind.DeviceRemoved: _world.Saw("a device removed"); break;
            default: Assert.Fail($"{this}: {header.Kind}"); break;
        }
    }

    private static T Decoded<T>(ReadOnlyMemory<byte> body)
        where T : struct, IFrame<T>
    {
        var error = FrameCodec.Read(body, out T frame);
        return error == ErrorCode.None ? frame : throw new AssertionException($"a frame {T.Kind} of the server cannot be read: {error}");
    }

    private void Welcome(ShardSession session, in WelcomeFrame welcome)
    {
        Assert.That(_isOpen, Is.False, $"P6: {this}: a second Welcome");
        Assert.That(welcome.History.Span.SequenceEqual(ShardProcess.HistoryId), Is.True, "another history");
        var byPassword = _triedPassword >= 0;
        if (byPassword) Assert.That(_triedPassword, Is.GreaterThanOrEqualTo(_supersededPassword), $"P6: {this}: in with a password that was changed before");
        _token = welcome.Token.ToArray();
        var mayBeNew = byPassword && MayBeRemoved;
        _isRegistered = true;
        _isOpen = true;
        _world.Registered(User);
        if (_sends is null && MayBeRemoved) _isAdded = false; // the login by password may have added it anew
        if (!_isAdded) _world.Record(HistoryEvent.DeviceAdded(HistoryDevice, isDueAll: false));
        else if (mayBeNew || welcome.Detached) _world.Record(HistoryEvent.DeviceDetached(HistoryDevice));
        _isAdded = true;
        _world.Record(HistoryEvent.SessionOpened(session.Session, HistoryDevice, welcome.LastSendNumber));
        _sends ??= new ModelSends(_world, this, welcome.LastSendNumber);
        _sends.Reconnected();
        _inbox ??= new ModelInbox(_world, this);
        _inbox.Reconnected();
        session.Pushed = default;
        if (welcome.Detached) _world.Saw("a device detached");
    }

    private static void Sent(ShardSession session, ModelSends sends, in SentFrame sent)
    {
        Assert.That(sent.Durability, Is.EqualTo(Durability.Disk));
        sends.Sent(session, new Output(OutputKind.Sent, 0)
        {
            User = sent.Conversation.User, First = sent.SendNumber, Second = sent.Sequence, Third = sent.ServerTime, Fourth = sent.Duplicate ? 1UL : 0,
        });
    }

    private static void Message(ShardSession session, ModelInbox inbox, in MessageFrame message)
    {
        session.Pushed = session.Pushed.With(message.Conversation, message.Sequence);
        var output = new Output(OutputKind.Message, 0) { User = message.Conversation.User, First = message.Sequence, Second = message.Previous, Third = message.ServerTime };
        inbox.Message(session, new Spoken(output, message.Sender, message.SenderDevice, message.SendNumber, XxHash3.HashToUInt64(message.Payload.Span)));
    }

    private static void TakeMarks(ShardSession session, ModelInbox inbox, in MarksFrame marks)
    {
        var items = new List<Mark>(marks.Items.Count);
        foreach (var item in marks.Items) items.Add(new Mark(item.User, item.DeliveredUpTo, item.ReadUpTo));
        inbox.TakeMarks(session, new Output(OutputKind.Marks, 0) { First = marks.Version, Marks = items.ToArray() });
    }

    private void Pong(ShardSession session, in PongFrame pong)
    {
        session.PingedAt = null;
        Assert.That((pong.Pushed, pong.Checksum) == (session.Pushed.Pushed, session.Pushed.Checksum), $"P6: {this} did not get exactly what was pushed to it");
    }

    private void Refused(ShardSession session, FrameHeader header, in ErrorFrame error)
    {
        if (_isOpen && error.SendNumber != 0 && _sends is not null)
        {
            _sends.Refused(session, new Output(OutputKind.Refused, 0) { Code = error.Code, First = error.Argument, Second = error.RetryAfterMs, Third = error.SendNumber });
            return;
        }

        // Removing a device may be refused, and the session goes on.
        if (_isOpen && header.Correlation != 0 && error.Code is ErrorCode.UnknownDevice or ErrorCode.Busy) return;
        Ended(error.Code, error.RetryAfterMs);
    }

    private void GoAway(ShardSession session, in GoAwayFrame goAway)
    {
        if (goAway.Code != ErrorCode.GoingAway)
        {
            Ended(goAway.Code, goAway.ReconnectAfterMs);
            return;
        }

        _world.Saw("GoAway");
        session.IsLeaving = true;
        _connectNotBefore = Now + (goAway.ReconnectAfterMs * 1_000L);
    }

    private void Ended(ErrorCode code, uint retryAfterMilliseconds)
    {
        _world.Saw($"ended with {code}");
        _lastEnd = code;
        switch (code)
        {
            case ErrorCode.Revoked or ErrorCode.BadCredentials or ErrorCode.TokenRevoked when MayBeRemoved:
                BeginAgain();
                break;
            case ErrorCode.Revoked or ErrorCode.TokenRevoked:
                Assert.That(MayBeRevoked, Is.True, $"{this}: {code}");
                _token = null;
                break;
            case ErrorCode.BadCredentials:
                Assert.That(_triedPassword >= 0 || MayBeRevoked || _mayBeTakenOver, Is.True, $"{this}: {code}");
                _token = null;
                break;
            case ErrorCode.NameTaken:
                _isRegistered = true; // the answer to an earlier attempt was lost
                _world.Registered(User);
                break;
            case ErrorCode.TakenOver:
                Assert.That(_mayBeTakenOver, Is.True, $"P6: {this} was taken over by nobody");
                break;
            case ErrorCode.TooSlow or ErrorCode.Idle or ErrorCode.GoingAway or ErrorCode.Busy or ErrorCode.HelloTimeout or ErrorCode.RateLimited or ErrorCode.LoginThrottled:
                break;
            default:
                Assert.Fail($"{this}: the session ended with {code}");
                break;
        }

        if (_session is { } session) _world.Record(HistoryEvent.SessionEnded(session.Session, HistoryDevice, code));
        if (code is ErrorCode.BadCredentials or ErrorCode.Revoked or ErrorCode.TokenRevoked) NextPassword();
        Cut(breaks: false);
        Disconnected((retryAfterMilliseconds * 1_000L) + _random.Next(200_000));
    }

    // The newest; when that was refused, the others in turn, for nobody knows which change came through.
    private void NextPassword()
    {
        var count = _world.PasswordsOf(User).Count;
        _knownPassword = _triedPassword < 0 ? count - 1 : (_triedPassword + count - 1) % count;
    }

    // As a person does who finds the device logged out: a new login, a new store.
    private void BeginAgain()
    {
        _isAdded = false;
        ForgetAll();
    }

    private void ForgetAll()
    {
        _sends?.GiveUp();
        _sends = null;
        _inbox = null;
        _token = null;
    }
}
