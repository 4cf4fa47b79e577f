namespace ChatServer.Tests.Simulation;

/// <summary>
/// One direction of a stream: bytes arrive in order, late, in pieces. Both ends of it have buffers; when they are full, nothing is
/// taken any more.
/// </summary>
internal sealed class SimulatedPipe(Schedule schedule, NetworkWeather weather)
{
    private byte[] _bytes = new byte[1024];
    private int _start;
    private int _readable;
    private int _end;
    private long _lastArrival;

    /// <summary>Called when there is more to read, or the end or the break is seen.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Called when there is room again.</summary>
    public Action? Emptied { get; set; }

    public int Capacity { get; set; } = int.MaxValue;

    /// <summary>What is written disappears on its way, and nobody is told.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Nothing arrives before this time.</summary>
    public long StalledUntil { get; set; }

    public int Readable => _readable - _start;

    /// <summary>The writer has said its last, and all of it is here.</summary>
    public bool HasEnded { get; private set; }

    public bool IsBroken { get; private set; }

    public int Room => Math.Max(0, Capacity - (_end - _start));

    /// <summary>Takes as much as fits.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Room);
        if (count == 0) return 0;
        Reserve(count);
        bytes[..count].CopyTo(_bytes.AsSpan(_end));
        _end += count;
        if (IsSilent) return count;
        var pieces = weather.PiecesOf(count);
        for (var done = 0; done < count;)
        {
            var piece = Math.Min(count - done, pieces);
            done += piece;
            Deliver(() => _readable += piece);
        }

        return count;
    }

    public int Read(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, Readable);
        _bytes.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end) _start = _readable = _end = 0;
        if (count > 0) Emptied?.Invoke();
        return count;
    }

    public void End()
    {
        if (!IsSilent) Deliver(() => HasEnded = true);
    }

    /// <summary>The other end is gone: what is on its way may be lost with it.</summary>
    public void Break()
    {
        if (IsSilent) return;
        var lost = weather.LosesOnReset();
        schedule.After(weather.Delay(), () =>
        {
            IsBroken = true;
            if (lost) _start = _readable = _end = 0;
            Arrived?.Invoke();
            Emptied?.Invoke();
        });
    }

    private void Deliver(Action arrive)
    {
        // Order is kept whatever the delays are.
        _lastArrival = Math.Max(_lastArrival, schedule.Now + weather.Delay());
        schedule.At(_lastArrival, () => Arrive(arrive));
    }

    private void Arrive(Action arrive)
    {
        if (IsBroken || IsSilent) return;
        if (schedule.Now < StalledUntil)
        {
            _lastArrival = Math.Max(_lastArrival, StalledUntil);
            schedule.At(StalledUntil, () => Arrive(arrive));
            return;
        }

        arrive();
        Arrived?.Invoke();
    }

    private void Reserve(int count)
    {
        if (_end + count <= _bytes.Length) return;
        var waiting = _end - _start;
        var larger = waiting + count > _bytes.Length / 2 ? new byte[2 * (waiting + count)] : _bytes;
        _bytes.AsSpan(_start, waiting).CopyTo(larger);
        _bytes = larger;
        _readable -= _start;
        _start = 0;
        _end = waiting;
    }
}
