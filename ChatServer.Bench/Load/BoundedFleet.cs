using System.Diagnostics;
using System.Net;

namespace ChatServer.Bench.Load;

/// <summary>The users of a <see cref="BoundedRun"/>: pairs that write to each other, users who are away, and those who write to them.</summary>
internal sealed class BoundedFleet : IAsyncDisposable
{
    private const int MostFeeders = 20;

    /// <summary>One of so many stays away when the others look in.</summary>
    private const int StaysAwayOf = 3;

    private readonly LoadClient[] _writers;
    private readonly LoadClient[] _feeders;
    private readonly LoadClient[] _away;

    public BoundedFleet(int pairs, int away, LoadRules rules)
    {
        var writers = 2 * pairs;
        var feeders = Math.Min(MostFeeders, away);
        Fleet = new LoadFleet(writers + feeders + away, i => i < writers ? [i ^ 1] : i < writers + feeders ? FedBy(i - writers) : [], rules);
        _writers = Fleet.Clients[..writers];
        _feeders = Fleet.Clients[writers..(writers + feeders)];
        _away = Fleet.Clients[(writers + feeders)..];

        int[] FedBy(int feeder) => [.. Enumerable.Range(0, away).Where(user => user % feeders == feeder).Select(user => writers + feeders + user)];
    }

    public LoadFleet Fleet { get; }

    /// <summary>Messages that were promised so far.</summary>
    public long Acknowledged => Fleet.History.AcknowledgedCount;

    /// <summary>All register; then those who are to be away leave.</summary>
    public async Task RegisterAsync(IPEndPoint endPoint)
    {
        await LoadFleet.ConnectAsync(Fleet.Clients, endPoint);
        foreach (var client in _away) await client.LeaveAsync();
    }

    /// <summary>Whether the pairs write, as fast as answers come.</summary>
    public void Write(bool on)
    {
        foreach (var client in _writers) client.Send(on);
    }

    /// <summary>So many messages for each who is away; returns when they are promised.</summary>
    public async Task FeedAsync(int each)
    {
        for (var i = 0; i < each * _away.Length; i++) _feeders[i % _feeders.Length].SendDue(Stopwatch.GetTimestamp());
        await AwaitAsync(() => _feeders.All(feeder => feeder.Unanswered == 0));
    }

    public Task AwaitAcknowledgedAsync(long messages) => AwaitAsync(() => Acknowledged >= messages);

    /// <summary>Two of three who are away come, get everything, and leave again.</summary>
    public async Task LookInAsync(IPEndPoint endPoint)
    {
        LoadClient[] visitors = [.. _away.Where((_, i) => i % StaysAwayOf != 0)];
        await LoadFleet.ConnectAsync(visitors, endPoint);
        await AwaitAsync(() => visitors.All(visitor => visitor.HasAll));
        foreach (var visitor in visitors) await visitor.LeaveAsync();
    }

    /// <summary>Kills the server and starts it again, with those who were there; the time until it serves.</summary>
    public async Task<TimeSpan> RestartAsync(ServerUnderLoad server)
    {
        await Fleet.KillAsync(server);
        var restart = await Fleet.StartAgainAsync(server);
        await LoadFleet.ConnectAsync([.. _writers, .. _feeders], server.EndPoint);
        return restart;
    }

    public ValueTask DisposeAsync() => Fleet.DisposeAsync();

    private async Task AwaitAsync(Func<bool> isSo)
    {
        if (await Fleet.UntilAsync(isSo, LoadCommands.Patience)) return;
        throw new TimeoutException(Fleet.Violations.FirstOrDefault() ?? "nothing moves any more");
    }
}
