namespace ChatServer.Bench.Reports;

/// <summary>What a figure is counted in, so how it is written.</summary>
internal enum FigureUnit
{
    Count,
    Seconds,
    Milliseconds,
    PerSecond,
    CpuSecondsPerMillion,
    Bytes,
}
