namespace ChatServer.Diagnostics;

/// <summary>
/// One kind of line in the log: a number that never changes its meaning, a name, a level, and the rate that keeps a hostile
/// client from filling a disk with it. Any thread.
/// </summary>
internal sealed class LogEvent(int id, LogLevel level, string name)
{
    /// <summary>Lines of one kind a second; what is above is counted, and the count stands in the next line of the kind.</summary>
    public const int LinesPerSecond = 10;

    private readonly Lock _gate = new();
    private long _second;
    private int _lines;
    private long _suppressed;

    public int Id { get; } = id;

    public LogLevel Level { get; } = level;

    public string Name { get; } = name;

    /// <summary>Whether a line may be written now, and how many were not since the last one.</summary>
    public bool TryAdmit(DateTimeOffset now, out long suppressed)
    {
        suppressed = 0;
        lock (_gate)
        {
            var second = now.ToUnixTimeSeconds();
            if (second != _second) (_second, _lines) = (second, 0);
            if (_lines == LinesPerSecond)
            {
                _suppressed++;
                return false;
            }

            _lines++;
            (suppressed, _suppressed) = (_suppressed, 0);
            return true;
        }
    }
}
