namespace ChatServer.Bench.Micro;

/// <summary>A clock that goes on when it is told to, so that the same is due in every run.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => Begin + _now;

    public void Advance(TimeSpan time) => _now += time;
}
