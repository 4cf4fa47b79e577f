using System.Diagnostics;
using HdrHistogram;

namespace ChatServer.Bench.Load;

/// <summary>What all clients of a run measure together. Any thread.</summary>
internal sealed class LoadMeasures
{
    private const long HighestMicroseconds = 600_000_000;
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _endToEnd = new(1, HighestMicroseconds, Digits);
    private readonly LongConcurrentHistogram _acknowledgement = new(1, HighestMicroseconds, Digits);
    private long _resent;
    private long _answeredDuplicate;
    private long _refused;
    private volatile bool _isOn = true;

    public long Resent => Interlocked.Read(ref _resent);

    public long AnsweredDuplicate => Interlocked.Read(ref _answeredDuplicate);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Latencies count only while this is on: not during ramp and drain.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    public void Delivered(long due)
    {
        if (_isOn) _endToEnd.RecordValue(Microseconds(due));
    }

    public void Answered(long due)
    {
        if (_isOn) _acknowledgement.RecordValue(Microseconds(due));
    }

    public void CountResent() => Interlocked.Increment(ref _resent);

    public void CountDuplicateAnswer() => Interlocked.Increment(ref _answeredDuplicate);

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public Percentiles EndToEnd() => Percentiles.Of(_endToEnd);

    public Percentiles Acknowledgement() => Percentiles.Of(_acknowledgement);

    private static long Microseconds(long since) =>
        Math.Clamp((long)Stopwatch.GetElapsedTime(since).TotalMicroseconds, 1, HighestMicroseconds);
}
