namespace ChatServer.Tests.Simulation;

/// <summary>
/// Virtual time: passes when the schedule says so. The clock on the wall is something else, and may be wrong and be set.
/// </summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Microseconds since the world began; never goes back.</summary>
    public long Now { get; set; }

    /// <summary>How far the clock on the wall is off, in milliseconds.</summary>
    public long OffsetMilliseconds { get; set; }

    public ulong NowMilliseconds => (ulong)(Now / 1_000);

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Start.AddMicroseconds(Now).AddMilliseconds(OffsetMilliseconds);
}
