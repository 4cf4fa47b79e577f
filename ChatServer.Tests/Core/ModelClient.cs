using System.Buffers.Binary;
using ChatServer.Bench.Checking;
using ChatServer.Core;
using ChatServer.Protocol.Wire;
using NUnit.Framework;

namespace ChatServer.Tests.Core;

/// <summary>One installation of a client program: logs in, sends, acknowledges, as the protocol says; forgets nothing unless told to.</summary>
internal sealed class ModelClient(CoreWorld world, UserId user, DeviceId device, bool registers) : ModelDevice(world, user, device)
{
    private readonly ulong _instance = (ulong)world.Random.NextInt64(1, long.MaxValue);
    private ModelSends? _sends;
    private ModelInbox? _inbox;
    private ModelConnection? _connection;
    private (ulong Family, uint Generation)? _token;
    private (ulong Family, uint Generation) _offered;
    private uint _attempt;
    private bool _isOpen;
    private bool _isAdded;
    private bool _hasTriedPassword;
    private bool _isRegistered;

    public override IReadOnlyDictionary<UserId, (ulong Delivered, ulong Read)> Marks => _inbox?.Marks ?? new Dictionary<UserId, (ulong, ulong)>();

    /// <summary>Somebody asked for this device to be removed; it may or may not have come through.</summary>
    public bool MayBeRemoved { get; set; }

    /// <summary>Somebody set the user's password; sessions and tokens may be worth nothing.</summary>
    public bool MayBeRevoked { get; set; }

    public bool IsOnline => _isOpen;

    public bool IsDone => _isOpen && _sends is { HasOpen: false } && _inbox is { IsCaughtUp: true } && _connection is { ToClient.Count: 0, ToServer.Count: 0 };

    public string Describe() =>
        $"{this} ({(_connection is null ? "away" : _isOpen ? "open" : "logging in")}{(_inbox is { IsCaughtUp: true } ? "" : ", catching up")}, open sends: {_sends?.Describe()})";

    public void Act(Random random)
    {
        if (_connection is null)
        {
            Connect();
            return;
        }

        if (random.Next(2) == 0) Read(1 + random.Next(8));
        if (!_isOpen || _connection is null || _sends is null || _inbox is null) return;
        switch (random.Next(10))
        {
            case 0: _sends.ResendAny(_connection, random); break;
            case 1: Settle(); break;
            case 2 or 3: _inbox.AcknowledgeSome(_connection, random); break;
            case 4: _sends.ResendWhenDue(_connection); break;
            default:
                for (var count = random.Next(1, 6); count > 0; count--) _sends.SendNew(_connection, world.AnyRecipient(User), random.Next(4) == 0 ? random.Next(300) : 0);
                break;
        }
    }

    /// <summary>After the faults: connect, read, answer for everything, send what is open.</summary>
    public void Settle(bool everything)
    {
        if (_connection is null) Connect();
        Read(int.MaxValue);
        if (!everything || !_isOpen || _connection is null || _sends is null || _inbox is null) return;
        _sends.ResendWhenDue(_connection);
        _inbox.AcknowledgeAll(_connection);
        Settle();
    }

    public void RemoveOther(ModelClient other)
    {
        if (!_isOpen || _connection is not { } connection) return;
        other.MayBeRemoved = true;
        world.Record(HistoryEvent.DeviceRemoved(other.HistoryDevice));
        connection.ToServer.Enqueue(partition => partition.RemoveDevice(connection.Session, 77, other.Device));
        connection.ToServer.Enqueue(partition => partition.ListDevices(connection.Session, 78));
    }

    /// <summary>The connection breaks, here; the server may still read what is on its way.</summary>
    public void Cut(Random random)
    {
        if (_connection is not { } connection) return;
        Read(random.Next(connection.ToClient.Count + 1));
        if (_connection is null) return;
        world.Cut(connection);
        Disconnected();
    }

    public void LoseStore()
    {
        if (_connection is { } connection) world.Cut(connection);
        Disconnected();
        ForgetAll();
    }

    public void Disconnected()
    {
        if (_isOpen && _connection is { } connection) world.Record(HistoryEvent.SessionClosed(connection.Session, HistoryDevice));
        _connection = null;
        _isOpen = false;
    }

    private void Connect()
    {
        var connection = world.Connect(this);
        _connection = connection;
        var request = new OpenRequest
        {
            Session = connection.Session, Correlation = 1, User = User, Device = Device, Instance = _instance, Attempt = ++_attempt,
            Settled = _sends?.Settled ?? 0, MarksAcknowledged = _inbox?.MarksVersion ?? 0, WindowMessages = world.Settings.WindowMessages,
        };
        if (_token is { } token)
        {
            _offered = (token.Family, token.Generation + 1);
            request = request with { TokenFamily = token.Family, TokenGeneration = token.Generation, PresentedToken = HashOf(token), NextToken = HashOf(_offered) };
            connection.ToServer.Enqueue(partition => partition.Open(request));
            return;
        }

        _offered = ((ulong)world.Random.NextInt64(), 0);
        request = request with { TokenFamily = _offered.Family, NextToken = HashOf(_offered) };
        if (registers && !_isRegistered)
        {
            if (!_isAdded) world.Record(HistoryEvent.DeviceAdded(HistoryDevice, isDueAll: true));
            _isAdded = true;
            connection.ToServer.Enqueue(partition => partition.Open(request with { RegisterPasswordHash = [1, 2, 3] }));
            return;
        }

        // Comparing takes a while, in which the password may change.
        _hasTriedPassword = true;
        ulong epoch = 0;
        connection.ToServer.Enqueue(partition => epoch = partition.PasswordOf(User)?.Epoch ?? 0);
        connection.ToServer.Enqueue(partition => partition.Open(request with { VerifiedPasswordEpoch = epoch }));
    }

    private void Settle()
    {
        if (_connection is not { } connection || _sends is null) return;
        var settled = _sends.Settled;
        connection.ToServer.Enqueue(partition => partition.Settle(connection.Session, settled));
    }

    private void Read(int count)
    {
        for (; count > 0 && _connection is { } connection && connection.ToClient.TryDequeue(out var spoken); count--) Take(connection, spoken);
    }

    private void Take(ModelConnection connection, Spoken spoken)
    {
        var output = spoken.Output;
        if (output.Kind == OutputKind.Welcome) Welcome(connection, output);
        if (output.Kind is OutputKind.LoginRefused or OutputKind.Ended)
        {
            world.Record(HistoryEvent.SessionEnded(connection.Session, HistoryDevice, output.Code));
            Ended(output);
            return;
        }

        if (output.Kind is not (OutputKind.Sent or OutputKind.Message or OutputKind.Marks)) world.Record(HistoryEvent.Heard(connection.Session, HistoryDevice));
        if (_sends is null || _inbox is null) throw new InvalidOperationException("an open session has its store");
        switch (output.Kind)
        {
            case OutputKind.Sent: _sends.Sent(connection, output); break;
            case OutputKind.Refused when output.Third != 0: _sends.Refused(connection, output); break;
            case OutputKind.Refused: Assert.That(output.Code, Is.EqualTo(ErrorCode.UnknownDevice).Or.EqualTo(ErrorCode.Busy)); break;
            case OutputKind.Message: _inbox.Message(connection, spoken); break;
            case OutputKind.CaughtUp: _inbox.CaughtUp(); break;
            case OutputKind.Marks: _inbox.TakeMarks(connection, output); break;
            case OutputKind.Devices: Assert.That(output.Devices, Has.Count.LessThanOrEqualTo(world.Settings.Limits.DevicesPerUser)); break;
            case OutputKind.DeviceRemoved: world.Saw("a device removed"); break;
            case OutputKind.Welcome: break;
            default: Assert.Fail($"{connection.Session}: {output.Kind}"); break;
        }
    }

    private void Welcome(ModelConnection connection, in Output output)
    {
        Assert.That(output.User, Is.EqualTo(User), "P6: somebody else's Welcome");
        _token = _offered;
        var mayBeNew = _hasTriedPassword && MayBeRemoved;
        _hasTriedPassword = false;
        _isRegistered = true;
        _isOpen = true;
        if (_sends is null && MayBeRemoved) _isAdded = false; // the login by password may have added it anew
        if (!_isAdded) world.Record(HistoryEvent.DeviceAdded(HistoryDevice, isDueAll: false));
        else if (mayBeNew || output.Second != 0) world.Record(HistoryEvent.DeviceDetached(HistoryDevice));
        _isAdded = true;
        world.Record(HistoryEvent.SessionOpened(connection.Session, HistoryDevice, output.First));
        _sends ??= new ModelSends(world, this, output.First);
        _sends.Reconnected();
        _inbox ??= new ModelInbox(world, this);
        _inbox.Reconnected();
        if (output.Second != 0) world.Saw("a device detached");
    }

    private void Ended(in Output output)
    {
        world.Saw($"ended with {output.Code}");
        switch (output.Code)
        {
            case ErrorCode.Revoked or ErrorCode.BadCredentials or ErrorCode.TokenRevoked when MayBeRemoved:
                BeginAgain();
                break;
            case ErrorCode.Revoked or ErrorCode.TokenRevoked:
                Assert.That(MayBeRevoked, Is.True, $"{this}: {output.Code}");
                _token = null;
                break;
            case ErrorCode.BadCredentials:
                Assert.That(_hasTriedPassword || MayBeRevoked, Is.True, $"{this}: {output.Code}");
                _token = null;
                break;
            case ErrorCode.NameTaken:
                _isRegistered = true; // the answer to an earlier attempt was lost
                break;
            case ErrorCode.TooSlow:
                break;
            default:
                Assert.Fail($"{this}: the session ended with {output.Code}");
                break;
        }

        if (_connection is { } connection) world.Cut(connection);
        Disconnected();
    }

    // As a person does who finds the device logged out: a new login, a new store.
    private void BeginAgain()
    {
        MayBeRemoved = false;
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

    private static Hash256 HashOf((ulong Family, uint Generation) token)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Bytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, token.Family);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], token.Generation);
        return Hash256.From(bytes);
    }
}
