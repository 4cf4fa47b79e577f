using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// All clients of a generator, on one thread: what came is read and answered, all that was written in a turn goes out in one call for each
/// client. Nothing is allocated for a message.
/// </summary>
internal sealed class RawDriver : IDisposable
{
    private const int InputBytes = 256 * 1_024;
    private const int FailuresMax = 5;
    private const int Sources = 250;

    /// <summary>Of the interval that the server asks for.</summary>
    private const double LifeSignAfter = 0.9;

    public static readonly DeviceId Device = DeviceId.Parse("load");

    private static readonly long Tick = Stopwatch.Frequency / 200;

    private readonly ConcurrentQueue<Action> _orders = new();
    private readonly List<RawClient> _dirty = [];
    private readonly Queue<(RawChat Chat, long At)> _acknowledging = new();
    private readonly List<RawChat> _retrying = [];
    private readonly List<(IDriverWork Work, Action<string?> Done)> _works = [];
    private readonly long _acknowledgeAfter;
    private readonly RawSchedule _schedule;
    private int _looked;
    private int _closedFrom;
    private int _closedTo;
    private long _nextTick;
    private long _lifeSign = long.MaxValue;
    private bool _isEnding;

    public RawDriver(RawPlan plan)
    {
        Plan = plan;
        Server = IPEndPoint.Parse(plan.Server);
        Password = Encoding.UTF8.GetBytes(plan.Password);
        if (!PayloadSizes.TryParse(plan.Payload, out var sizes) || sizes is null) throw new FormatException($"'{plan.Payload}' names no sizes");
        Sizes = sizes;
        Payload = new byte[sizes.Largest];
        UserId[] users = [.. Enumerable.Range(plan.FirstUser, plan.Users).Select(i => UserId.Parse(RawFleet.NameOf(plan.Run, i)))];
        if (plan.HistoryFile is { } file) Recorder = new RawRecorder(file, users, Device);
        Verifier = new RawVerifier(Recorder);
        Clients = new RawClient[users.Length];
        for (var i = 0; i < users.Length; i++) Clients[i] = new RawClient(i, users[i], this);
        if (plan.HasPairs) for (var i = 0; i + 1 < users.Length; i += 2) PeerOf(Clients[i], Clients[i + 1]);
        for (var i = plan.Feeders; i < users.Length && plan.Feeders > 0; i++) PeerOf(Clients[(i - plan.Feeders) % plan.Feeders], Clients[i]);
        _acknowledgeAfter = plan.AcknowledgeMilliseconds * Stopwatch.Frequency / 1_000;
        _schedule = new RawSchedule(this);
    }

    public RawPlan Plan { get; }

    public IPEndPoint Server { get; }

    public byte[] Password { get; }

    public PayloadSizes Sizes { get; }

    /// <summary>For the bytes of a message while they are written.</summary>
    public byte[] Payload { get; }

    /// <summary>For what one client reads, until its frames are taken.</summary>
    public byte[] Input { get; } = new byte[InputBytes];

    public RawBuffers Buffers { get; } = new();

    public ReceiptItem[] ReceiptItems { get; } = new ReceiptItem[ProtocolLimits.ListItems];

    public ulong Instance { get; } = (ulong)Random.Shared.NextInt64(1, long.MaxValue);

    public RawClient[] Clients { get; }

    public Poller Poller { get; } = new();

    public RawRecorder? Recorder { get; }

    public RawVerifier Verifier { get; }

    public RawMeasures Measures { get; } = new();

    public List<string> Failures { get; } = [];

    public long FailureCount { get; private set; }

    public int Connected { get; private set; }

    /// <summary>When the turn began, or the last bytes of it came.</summary>
    public long Now { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>Sends that are due and wait for their turn.</summary>
    public long Waiting => Clients.Sum(client => client.Chat.Waiting);

    /// <summary>Any thread: does something on the driver's.</summary>
    public void Post(Action order)
    {
        _orders.Enqueue(order);
        Poller.Ring();
    }

    /// <summary>Until <see cref="End"/>.</summary>
    public void Run()
    {
        while (!_isEnding)
        {
            Now = Stopwatch.GetTimestamp();
            while (_orders.TryDequeue(out var order)) order();
            Work();
            FlushAll();
            var events = Poller.Wait(Until(), Now);
            Now = Stopwatch.GetTimestamp();
            for (var i = 0; i < events; i++)
            {
                if (Poller.TryTake(i, out var key, out var what)) Clients[key].Turn(what);
            }
        }
    }

    public void End() => _isEnding = true;

    public void Begin(IDriverWork work, Action<string?> done) => _works.Add((work, done));

    public RawPeer PeerOf(RawClient one, RawClient other)
    {
        if (one.Chat.PeerOf(other.User) is { } known) return known;
        var (first, second) = Verifier.Join(one.Index, one.User, other.Index, other.User);
        one.Chat.Add(first);
        other.Chat.Add(second);
        return first;
    }

    /// <summary>Users of a range send as fast as answers come; an empty one: nobody.</summary>
    public void SendClosed(int from, int to)
    {
        (_closedFrom, _closedTo) = (from, to);
        for (var i = from; i < to; i++) Clients[i].Chat.SendWhatMay();
    }

    public bool IsClosedLoop(RawClient client) => client.Index >= _closedFrom && client.Index < _closedTo;

    /// <summary>Whether a time counts: not of those who are there only to be slow, and not of what waited for a user who was away.</summary>
    public bool IsMeasured(RawClient client, long due) => client.Index >= 2 * Plan.SlowPairs && due >= client.OpenedAt;

    public void SendRate(double perSecond, int from, int to, long at) => _schedule.Set(perSecond, from, to, at);

    public void FlushLater(RawClient client) => _dirty.Add(client);

    public void AcknowledgeLater(RawChat chat) => _acknowledging.Enqueue((chat, Now + _acknowledgeAfter));

    public void RetryLater(RawChat chat) => _retrying.Add(chat);

    public void HasOpened(RawClient client, KeepAlive keepAlive)
    {
        Connected++;
        _lifeSign = (long)(LifeSignAfter * keepAlive.ForegroundSeconds * Stopwatch.Frequency);

        // Those who came together do not give their signs of life together.
        client.LastSent = Now - (long)(Random.Shared.NextDouble() * _lifeSign);
    }

    public void HasClosed(RawClient client, bool wasAsked, bool wasOpen)
    {
        if (wasOpen) Connected--;
        if (wasOpen && !wasAsked) Measures.LostConnections++;
    }

    public void Fail(string sentence)
    {
        FailureCount++;
        if (Failures.Count < FailuresMax) Failures.Add(sentence);
    }

    /// <summary>Connections come from several addresses of this machine, or their ports would run out. Elsewhere the system chooses.</summary>
    public IPAddress? SourceOf(RawClient client)
    {
        if (!IPAddress.IsLoopback(Server.Address)) return null;
        var source = (Plan.FirstUser + client.Index + (int)(client.Attempt % int.MaxValue)) % Sources;
        return new IPAddress([127, 0, (byte)(1 + Plan.Generator), (byte)(1 + source)]);
    }

    public void Dispose()
    {
        foreach (var client in Clients) client.Close(reset: true);
        Poller.Dispose();
        Recorder?.Dispose();
    }

    private void Work()
    {
        _schedule.Turn();
        while (_acknowledging.TryPeek(out var first) && first.At <= Now) _acknowledging.Dequeue().Chat.AcknowledgeNow();
        for (var i = _works.Count - 1; i >= 0; i--)
        {
            var (work, done) = _works[i];
            if (!work.Turn()) continue;
            _works.RemoveAt(i);
            done(work.Problem);
        }

        if (Now < _nextTick) return;
        _nextTick = Now + Tick;
        for (var i = _retrying.Count - 1; i >= 0; i--)
        {
            if (!_retrying[i].TryRetry(Now)) continue;
            _retrying[i] = _retrying[^1];
            _retrying.RemoveAt(_retrying.Count - 1);
        }

        LookAround();
    }

    /// <summary>A part of the clients each tick, and so once a second all of them: who is slow reads a little, who is silent gives a sign of life.</summary>
    private void LookAround()
    {
        var part = (Clients.Length / 200) + 1;
        for (var i = 0; i < part; i++)
        {
            var client = Clients[_looked];
            _looked = _looked + 1 < Clients.Length ? _looked + 1 : 0;
            client.ReadSome();
            if (client.State == RawClientState.Open && Now - client.LastSent > _lifeSign) client.Write(new PingFrame { Settled = client.Chat.Sends.Settled }, 1);
        }
    }

    private void FlushAll()
    {
        // A client that closes while it is flushed may write nothing more: the list does not grow meanwhile.
        for (var i = 0; i < _dirty.Count; i++) _dirty[i].Flush();
        _dirty.Clear();
    }

    private long Until()
    {
        var until = _nextTick;
        if (_acknowledging.TryPeek(out var first)) until = Math.Min(until, first.At);
        return Math.Min(until, _schedule.NextDue);
    }
}
