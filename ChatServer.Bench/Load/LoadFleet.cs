using System.Diagnostics;
using System.Globalization;
using System.Net;
using ChatServer.Bench.Checking;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Load;

/// <summary>All clients of a run, their history and their clock.</summary>
internal sealed class LoadFleet : IAsyncDisposable
{
    private const int ConnectingAtOnce = 32;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly PeriodicTimer _clock = new(TickInterval);
    private readonly Task _ticking;
    private readonly LoadClient[] _senders;
    private readonly int _killed;
    private double _duePerTick;
    private double _dueRest;
    private long _lastTick = Stopwatch.GetTimestamp();
    private int _nextSender;

    /// <param name="users">How many.</param>
    /// <param name="recipientsOf">To whom each sends.</param>
    /// <param name="rules">How they behave.</param>
    public LoadFleet(int users, Func<int, int[]> recipientsOf, LoadRules rules)
    {
        // A run of its own may meet the users of an earlier one on a server that was running.
        var run = Random.Shared.Next(1, int.MaxValue).ToString("x", CultureInfo.InvariantCulture);
        var names = Enumerable.Range(0, users).Select(i => UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"load-{run}-{i}"))).ToArray();
        History = new History(rules.HistoryFile);
        _killed = History.Names.Label("killed");
        Clients = [.. Enumerable.Range(0, users).Select(i => new LoadClient(i, names[i], [.. recipientsOf(i).Select(to => names[to])], rules, History, Measures))];
        _senders = [.. Clients.Where((_, i) => recipientsOf(i).Length > 0)];
        _ticking = TickAsync();
    }

    public LoadClient[] Clients { get; }

    public History History { get; }

    public LoadMeasures Measures { get; } = new();

    public IEnumerable<string> Violations => Clients.Select(client => client.Violation).OfType<string>().Take(5);

    public static async Task ConnectAsync(IEnumerable<LoadClient> clients, IPEndPoint endPoint) =>
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce }, async (client, stop) => await client.ConnectAsync(endPoint, stop));

    /// <summary>How many sends are due a second, over all senders; 0 stops.</summary>
    public void SetRate(double perSecond) => Volatile.Write(ref _duePerTick, perSecond);

    public void Send(bool on)
    {
        foreach (var client in _senders) client.Send(on);
    }

    /// <summary>Passes after a number of ticks of the fleet's clock.</summary>
    public async Task WaitAsync(TimeSpan time)
    {
        using var timer = new PeriodicTimer(time);
        await timer.WaitForNextTickAsync(_stop.Token);
    }

    /// <summary>SIGKILL, and every client has seen the end.</summary>
    public async Task KillAsync(ServerUnderLoad server)
    {
        History.Take(HistoryEvent.FaultBegan(_killed));
        server.Kill();
        History.Take(HistoryEvent.Crashed());
        foreach (var client in Clients) await client.EndedAsync();
    }

    /// <summary>Starts a server that was killed; the time until it serves.</summary>
    public async Task<TimeSpan> StartAgainAsync(ServerUnderLoad server)
    {
        var restart = await server.StartAgainAsync();
        History.Take(HistoryEvent.Started());
        History.Take(HistoryEvent.FaultHealed(_killed));
        return restart;
    }

    /// <summary>Waits until everything promised was received; gives up, false, when nothing moves any more. That is the deadline of the history.</summary>
    public async Task<bool> DrainAsync(TimeSpan patience)
    {
        var isDrained = await UntilAsync(IsDrained, patience);
        History.Take(HistoryEvent.Deadline());
        return isDrained;
    }

    /// <summary>Waits until something is so; gives up, false, when nothing moves any more or somebody broke the protocol.</summary>
    public async Task<bool> UntilAsync(Func<bool> isSo, TimeSpan patience)
    {
        var (last, since) = (-1L, Stopwatch.GetTimestamp());
        while (!isSo())
        {
            var count = History.ReceivedCount + History.AcknowledgedCount;
            if (count != last) (last, since) = (count, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(since) > patience || Violations.Any()) return false;
            await WaitAsync(TickInterval);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _clock.Dispose();
        await _ticking;
        foreach (var client in Clients) await client.AbortAsync();
        _stop.Dispose();
        History.Dispose();
    }

    private bool IsDrained()
    {
        // In this order: an answer that comes between the two is one more promise, which the history has to know of when it is asked.
        if (_senders.All(sender => sender.Unanswered == 0) && History.IsDrained) return true;
        foreach (var client in Clients) client.KeepAll();
        return false;
    }

    private async Task TickAsync()
    {
        while (await _clock.WaitForNextTickAsync())
        {
            var now = Stopwatch.GetTimestamp();
            SendDue(now);
            foreach (var client in Clients) client.Tick(now);
        }
    }

    private void SendDue(long now)
    {
        var rate = Volatile.Read(ref _duePerTick);
        var elapsed = now - _lastTick;
        var last = _lastTick;
        _lastTick = now;
        if (rate == 0) return;

        // Each send is due at its own moment within the tick, so the times that are measured do not lump.
        var exact = (rate * elapsed / Stopwatch.Frequency) + _dueRest;
        var count = (int)exact;
        _dueRest = exact - count;
        for (var i = 1; i <= count; i++) _senders[_nextSender++ % _senders.Length].SendDue(last + (elapsed * i / count));
        if (_nextSender > int.MaxValue / 2) _nextSender %= _senders.Length;
    }
}
