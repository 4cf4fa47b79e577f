using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// The connection of one user's one device: connects, logs in, and gives whole frames to <see cref="RawChat"/>. Has buffers only while
/// something is partly received or not yet sent, so that idle ones cost little. Belongs to the thread of its <see cref="RawDriver"/>.
/// </summary>
internal sealed class RawClient
{
    private const int NobodyListens = 111;

    private readonly RawDriver _driver;
    private int _descriptor = -1;
    private byte[] _partial = [];
    private int _partialBytes;
    private byte[] _output = [];
    private int _outputStart;
    private int _outputEnd;
    private bool _isDirty;
    private bool _isFull;
    private bool _isLeaving;
    private bool _hasUnread;
    private byte[] _token = [];
    private long _began;

    public RawClient(int index, UserId user, RawDriver driver)
    {
        Index = index;
        User = user;
        _driver = driver;
        Chat = new RawChat(this, driver);
    }

    public int Index { get; }

    public UserId User { get; }

    public RawChat Chat { get; }

    public RawClientState State { get; private set; }

    /// <summary>Connections that were begun; the number of the session.</summary>
    public uint Attempt { get; private set; }

    /// <summary>When something was sent last: the server asks for a sign of life.</summary>
    public long LastSent { get; set; }

    /// <summary>Bytes a second that one who is slow reads; null: whatever comes, at once.</summary>
    public int? ReadsSlowly { get; private set; }

    /// <summary>Whether it was told to log in again after <see cref="ErrorCode.Busy"/>.</summary>
    public bool IsPostponed { get; private set; }

    /// <summary>When the session was opened.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>Begins to connect; what follows is the server's answer to Hello.</summary>
    /// <param name="since">What the login is timed from.</param>
    public void Connect(long since)
    {
        IsPostponed = false;
        _isLeaving = false;
        _began = since;
        Attempt++;
        State = RawClientState.Greeting;
        try
        {
            _descriptor = RawSocket.Connect(_driver.Server, _driver.SourceOf(this), _driver.Plan.ReceiveBufferBytesOf(Index));
        }
        catch (SocketException e)
        {
            State = RawClientState.Away;
            IsPostponed = e.ErrorCode == NobodyListens;
            if (!IsPostponed) _driver.Fail($"{User}: {e.Message}");
            return;
        }

        _driver.Poller.Watch(_descriptor, Index);
        Preamble.Write(Reserve(ProtocolLimits.PreambleBytes));
        Commit(ProtocolLimits.PreambleBytes);
        var isRegistration = _token.Length == 0 && _driver.Plan.Registers;
        Write(new HelloFrame
        {
            User = User, Device = RawDriver.Device, Method = isRegistration ? LoginMethod.Register : _token.Length == 0 ? LoginMethod.Password : LoginMethod.DeviceToken,
            Secret = _token.Length == 0 ? _driver.Password : _token, Instance = _driver.Instance, Attempt = Attempt, Settled = Chat.Sends.Settled, ClientName = "chatserver-bench",
            MarksVersion = Chat.MarksVersion,
        }, 1);
    }

    /// <summary>Something can be read or written, perhaps.</summary>
    public void Turn(uint what)
    {
        if (_descriptor < 0) return;
        if ((what & Poller.Writable) != 0 && _isFull)
        {
            _isFull = false;
            Flush();
        }

        if ((what & (Poller.Readable | Poller.Broken)) == 0) return;
        if (ReadsSlowly is null) Receive(int.MaxValue);
        else _hasUnread = true;
    }

    /// <summary>Reads a little, as one who is slow.</summary>
    public void ReadSome()
    {
        if (_hasUnread && _descriptor >= 0 && ReadsSlowly is { } most && most > 0) Receive(most);
    }

    /// <summary>Reads no more than so many bytes a second from now on.</summary>
    public void Slow(int bytesPerSecond) => ReadsSlowly = bytesPerSecond;

    /// <summary>Reads as fast as it comes from now on.</summary>
    public void ReadAll()
    {
        ReadsSlowly = null;
        if (_hasUnread && _descriptor >= 0) Receive(int.MaxValue);
    }

    public void Write<T>(in T frame, uint correlation = 0)
        where T : struct, IFrame<T>
    {
        var span = Reserve(FrameCodec.MaxBytes(in frame));
        Commit(FrameCodec.Write(span, in frame, correlation));
    }

    /// <summary>Gives the kernel what was written in this turn.</summary>
    public void Flush()
    {
        _isDirty = false;
        if (_isFull || _descriptor < 0) return;
        while (_outputStart < _outputEnd)
        {
            var sent = RawSocket.Send(_descriptor, _output.AsSpan(_outputStart, _outputEnd - _outputStart));
            if (sent < 0)
            {
                // Anything but a full buffer shows when reading is tried; a connection that is being made takes nothing yet.
                _isFull = Marshal.GetLastPInvokeError() == RawSocket.TryAgain;
                if (!_isFull) _outputStart = _outputEnd;
                break;
            }

            _outputStart += sent;
        }

        LastSent = _driver.Now;
        if (_outputStart < _outputEnd) return;
        (_outputStart, _outputEnd) = (0, 0);
        Return(ref _output);
        if (_isLeaving) RawSocket.FinishSending(_descriptor);
    }

    /// <summary>Acknowledges what has come and says goodbye; the connection is gone when the server has said so too.</summary>
    public void Leave()
    {
        if (State != RawClientState.Open) return;
        Chat.Acknowledge(least: 1);
        _isLeaving = true;
        Flush();
    }

    /// <summary>Closes at once.</summary>
    /// <param name="reset">As one whose network is gone.</param>
    public void Close(bool reset)
    {
        if (_descriptor < 0) return;
        RawSocket.Close(_descriptor, reset);
        _descriptor = -1;
        Return(ref _output);
        Return(ref _partial);
        (_outputStart, _outputEnd, _partialBytes) = (0, 0, 0);
        (_isFull, _hasUnread) = (false, false);
        var wasOpen = State == RawClientState.Open;
        State = RawClientState.Away;
        if (wasOpen) _driver.Recorder?.Closed(Index, Attempt);
        Chat.Lost();
        _driver.HasClosed(this, wasAsked: _isLeaving || reset, wasOpen);
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_output.Length - _outputEnd < bytes)
        {
            var larger = _driver.Buffers.Rent(_outputEnd - _outputStart + bytes);
            _output.AsSpan(_outputStart, _outputEnd - _outputStart).CopyTo(larger);
            (_outputStart, _outputEnd) = (0, _outputEnd - _outputStart);
            Return(ref _output);
            _output = larger;
        }

        return _output.AsSpan(_outputEnd);
    }

    private void Commit(int bytes)
    {
        _outputEnd += bytes;
        if (_isDirty) return;
        _isDirty = true;
        _driver.FlushLater(this);
    }

    private void Receive(int most)
    {
        _hasUnread = false;
        var input = _driver.Input;
        while (_descriptor >= 0)
        {
            _partial.AsSpan(0, _partialBytes).CopyTo(input);
            var space = Math.Min(most, input.Length - _partialBytes);
            var read = RawSocket.Receive(_descriptor, input.AsSpan(_partialBytes, space));
            if (read <= 0)
            {
                if (read < 0 && Marshal.GetLastPInvokeError() == RawSocket.TryAgain) break;
                Close(reset: false);
                return;
            }

            _driver.Now = Stopwatch.GetTimestamp();
            var filled = _partialBytes + read;
            var taken = TakeFrames(input.AsMemory(0, filled));
            if (_descriptor < 0) return;
            Keep(input.AsSpan(taken, filled - taken));
            _hasUnread = ReadsSlowly is not null;

            // Fewer than there was space for: there is no more, and what comes next is told.
            if (read < space || _hasUnread) break;
        }

        Chat.AfterReceive();
    }

    private int TakeFrames(ReadOnlyMemory<byte> bytes)
    {
        var start = 0;
        while (bytes.Length - start >= ProtocolLimits.HeaderBytes && _descriptor >= 0)
        {
            var header = FrameHeader.Read(bytes.Span[start..]);
            var end = start + ProtocolLimits.HeaderBytes + header.Length;
            if (header.Length > ProtocolLimits.BodyBytes)
            {
                _driver.Fail($"{User}: a frame of {header.Length} bytes");
                Close(reset: true);
                return start;
            }

            if (end > bytes.Length) break;
            var body = bytes[(start + ProtocolLimits.HeaderBytes)..end];
            if (State == RawClientState.Open) Chat.Take(header, body);
            else Welcome(header, body);
            start = end;
        }

        return start;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _partial.Length)
        {
            Return(ref _partial);
            _partial = _driver.Buffers.Rent(rest.Length);
        }

        rest.CopyTo(_partial);
        _partialBytes = rest.Length;
        if (rest.IsEmpty) Return(ref _partial);
    }

    private void Welcome(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        if (header.Kind == FrameKind.Error && FrameCodec.Read(body, out ErrorFrame error) == ErrorCode.None)
        {
            IsPostponed = error.Code is ErrorCode.Busy or ErrorCode.GoingAway;
            if (IsPostponed) _driver.Measures.Postponed++;
            else _driver.Fail($"{User}: login refused: {error.Code} {error.Detail}");
            Close(reset: true);
            return;
        }

        if (header.Kind != FrameKind.Welcome || FrameCodec.Read(body, out WelcomeFrame welcome) != ErrorCode.None)
        {
            _driver.Fail($"{User}: {header.Kind} came instead of Welcome");
            Close(reset: true);
            return;
        }

        if (_token.Length > 0) _driver.Measures.TokenLogins++;
        if (!welcome.Token.IsEmpty) _token = welcome.Token.ToArray();
        (State, OpenedAt) = (RawClientState.Open, _driver.Now);
        _driver.Measures.Logins++;
        RawMeasures.Record(_driver.Measures.Login, _began, _driver.Now);
        Chat.Opened(welcome);
        _driver.HasOpened(this, welcome.KeepAlive);
    }

    private void Return(ref byte[] rented)
    {
        _driver.Buffers.Return(rented);
        rented = [];
    }
}
