namespace ChatServer.Tests.Simulation;

/// <summary>
/// What breaks, and when. Each kind draws from a stream of its own, and draws also while it is off, so that the course of the others
/// does not change with it.
/// </summary>
internal sealed class ShardFaults(ShardWorld world, int seed)
{
    private const int Second = 1_000_000;

    private readonly Dictionary<string, SimulationRandom> _streams = ShardSettings.Faults.ToDictionary(fault => fault, fault => new SimulationRandom(seed, fault));

    public int Acts { get; private set; }

    public bool MayJump => world.Settings.ClockJumps > 0;

    public void Next()
    {
        Acts++;
        var settings = world.Settings;
        When(nameof(settings.Crashes), settings.Crashes, random =>
        {
            if (random.Next(3) == 0) world.Process?.Kill();
            else world.Process?.KillAfter(1 + random.Next(12));
        });
        When(nameof(settings.Stops), settings.Stops, random => world.Stop(TimeSpan.FromSeconds(random.Next(4) == 0 ? 0 : 5)));
        When(nameof(settings.Pauses), settings.Pauses, random => world.Process?.PauseUntil(world.Time.Now + random.Next(3 * Second)));
        When(nameof(settings.Resets), settings.Resets, random => Someone(random).Cut(breaks: random.Next(2) == 0));
        When(nameof(settings.Silences), settings.Silences, random => Someone(random).FallSilent());
        When(nameof(settings.Stalls), settings.Stalls, Stall);
        When(nameof(settings.SlowReaders), settings.SlowReaders, random => Someone(random).StopReading(random.Next(25 * Second)));
        When(nameof(settings.ClockJumps), settings.ClockJumps, Jump);
        When(nameof(settings.ClientCrashes), settings.ClientCrashes, random => Someone(random).Crash());
        When(nameof(settings.LostStores), settings.LostStores, random => Someone(random).LoseStore());
        When(nameof(settings.Removals), settings.Removals, Remove);
        When(nameof(settings.Passwords), settings.Passwords, random => world.SetPassword(Someone(random).User));
        When(nameof(settings.Strangers), settings.Strangers, _ => world.MeetStranger());
        When(nameof(settings.PowerCuts), settings.PowerCuts, random => world.CutPower(random.Next(3) == 0 ? 0 : 1 + random.Next(30)));
        When(nameof(settings.DiskFailures), settings.DiskFailures, random => world.FailDisk(1 + random.Next(30)));
        When(nameof(settings.FullDisks), settings.FullDisks, random => world.FillDisk(random.Next(5 * Second)));
    }

    private void When(string fault, int inThousand, Action<SimulationRandom> strike)
    {
        var random = _streams[fault];
        if (random.Next(1_000) < inThousand) strike(random);
    }

    private ShardClient Someone(SimulationRandom random) => world.Clients[random.Next(world.Clients.Count)];

    private void Stall(SimulationRandom random)
    {
        if (Someone(random).Link is not { } link) return;
        var pipe = random.Next(2) == 0 ? link.Up : link.Down;
        pipe.StalledUntil = world.Time.Now + random.Next(15 * Second);
    }

    private void Jump(SimulationRandom random)
    {
        var milliseconds = random.OneOf(100, 5_000, 100_000, 4_000_000);
        world.Time.OffsetMilliseconds += random.Next(2) == 0 ? milliseconds : -milliseconds;
        world.Saw("the clock jumps");
    }

    private void Remove(SimulationRandom random)
    {
        var someone = Someone(random);
        var ours = world.Clients.Where(other => other.User == someone.User).ToList();
        someone.RemoveOther(ours[random.Next(ours.Count)]);
    }
}
