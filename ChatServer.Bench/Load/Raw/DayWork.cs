using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>
/// A day in little time. Users come and go so that as many are there as the hour asks for; those who are there write, mostly to whom they
/// have written with before, else to somebody who is drawn by <see cref="ZipfRanks"/>; sometimes several messages at once; and they read
/// what came. Some stay away all day. Who does what next is drawn from a seed.
/// </summary>
internal sealed class DayWork(RawDriver driver, GeneratorOrder order) : IDriverWork
{
    /// <summary>Of the users who come at all: there at the quietest hour, and at the busiest.</summary>
    private const double LeastThere = 0.1;
    private const double MostThere = 0.6;

    /// <summary>The part of the messages at the quietest hour.</summary>
    private const double LeastActive = 0.1;
    private const double AnswersOf = 0.8;
    private const double BurstsOf = 0.05;
    private const int BurstMin = 3;
    private const int BurstMax = 20;
    private const double LosesConnectionOf = 0.2;

    /// <summary>Most who come or go in a tick: what a server that takes logins slowly is asked for does not pile up.</summary>
    private const int ChangesPerTick = 32;

    private static readonly long Tick = Stopwatch.Frequency / 100;

    private readonly Random _random = new(order.Seed);
    private readonly ZipfRanks _ranks = new(driver.Clients.Length, order.Skew);
    private readonly long _start = driver.Now;
    private readonly int _coming = (int)(driver.Clients.Length * (100L - order.AwayPercent) / 100);
    private long _next = driver.Now;
    private double _due;

    public string? Problem { get; private set; }

    /// <summary>How busy a time of the day is, 0 to 1: quiet at night, busy at noon and most in the evening.</summary>
    public static double Busy(double ofDay)
    {
        double Hill(double at, double width) => Math.Exp(-(ofDay - at) * (ofDay - at) / (2 * width * width));
        return Math.Min(1, (0.7 * Hill(0.5, 0.1)) + Hill(0.83, 0.07));
    }

    public bool Turn()
    {
        if (driver.Now < _next) return false;
        var seconds = Stopwatch.GetElapsedTime(_start, driver.Now).TotalSeconds;
        if (seconds >= order.Seconds || driver.Failures.Count > 0)
        {
            Problem = driver.Failures.FirstOrDefault();
            return true;
        }

        var passed = (driver.Now - _next + Tick) / (double)Stopwatch.Frequency;
        _next = driver.Now + Tick;
        var busy = Busy(seconds / order.Seconds);
        ComeAndGo((int)(_coming * (LeastThere + ((MostThere - LeastThere) * busy))));
        for (_due += order.Rate * passed * (LeastActive + ((1 - LeastActive) * busy)); _due >= 1;) _due -= Write();
        Read();
        return false;
    }

    // Ranks are drawn by position: who comes is anybody, so that the popular are not always there.
    private RawClient Anybody() => driver.Clients[_random.Next(driver.Clients.Length)];

    private bool Comes(RawClient client) => (client.Index * 7_919L) % driver.Clients.Length < _coming;

    private void ComeAndGo(int wanted)
    {
        for (var i = 0; i < ChangesPerTick; i++)
        {
            var client = Anybody();
            if (client.State == RawClientState.Away && driver.Connected < wanted && Comes(client)) client.Connect(driver.Now);
            else if (client.State == RawClientState.Open && driver.Connected > wanted) Go(client);
        }

        // There is always some coming and going, also when the number is right.
        var one = Anybody();
        if (one.State == RawClientState.Open) Go(one);
    }

    private void Go(RawClient client)
    {
        if (_random.NextDouble() < LosesConnectionOf) client.Close(reset: true);
        else client.Leave();
    }

    /// <summary>Messages that were written; 1 also when nobody was there to write.</summary>
    private int Write()
    {
        for (var tries = 0; tries < ChangesPerTick; tries++)
        {
            var writer = Anybody();
            if (writer.State != RawClientState.Open) continue;
            var peer = PeerOf(writer);
            var count = _random.NextDouble() < BurstsOf ? _random.Next(BurstMin, BurstMax + 1) : 1;
            for (var i = 0; i < count; i++) writer.Chat.SendDue(driver.Now, peer);
            return count;
        }

        return 1;
    }

    private RawPeer PeerOf(RawClient writer)
    {
        if (writer.Chat.PeerCount > 0 && _random.NextDouble() < AnswersOf) return writer.Chat.PeerAt(_random.Next(writer.Chat.PeerCount));
        RawClient other;
        do other = driver.Clients[_ranks.Draw(_random)];
        while (other == writer);
        return driver.PeerOf(writer, other);
    }

    private void Read()
    {
        for (var i = 0; i < 4; i++)
        {
            var reader = Anybody();
            if (reader.State == RawClientState.Open) reader.Chat.ReadAll();
        }
    }
}
