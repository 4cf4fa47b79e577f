namespace ChatServer.Bench.Checking;

/// <summary>
/// The record of a run that lives outside the server. What many threads see becomes one order here, is judged, and is written to a file
/// if there is one: the file holds exactly what was judged. Any thread.
/// </summary>
public sealed class History : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HistoryChecker _checker;
    private readonly HistoryWriter? _writer;

    /// <param name="file">Where it is written besides; null: nowhere.</param>
    public History(string? file = null)
    {
        _checker = new HistoryChecker(Names);
        if (file is not null) _writer = new HistoryWriter(File.Create(file), Names);
    }

    public HistoryNames Names { get; } = new();

    /// <inheritdoc cref="HistoryChecker.AcknowledgedCount"/>
    public long AcknowledgedCount
    {
        get
        {
            lock (_gate) return _checker.AcknowledgedCount;
        }
    }

    /// <inheritdoc cref="HistoryChecker.ReceivedCount"/>
    public long ReceivedCount
    {
        get
        {
            lock (_gate) return _checker.ReceivedCount;
        }
    }

    /// <inheritdoc cref="HistoryChecker.IsDrained"/>
    public bool IsDrained
    {
        get
        {
            lock (_gate) return _checker.IsDrained;
        }
    }

    /// <inheritdoc cref="HistoryChecker.IsDrainedTo"/>
    public bool IsDrainedTo(int device)
    {
        lock (_gate) return _checker.IsDrainedTo(device);
    }

    /// <summary>Records an event. Whoever records what it is about to do does so before the first byte leaves.</summary>
    public void Take(in HistoryEvent e)
    {
        lock (_gate)
        {
            _writer?.Write(e);
            _checker.Take(e);
        }
    }

    /// <inheritdoc cref="HistoryChecker.Judge"/>
    public Verdict Judge()
    {
        lock (_gate) return _checker.Judge();
    }

    public void Dispose() => _writer?.Dispose();
}
