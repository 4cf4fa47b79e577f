using System.Diagnostics;

namespace ChatServer.Bench.Load.Raw;

/// <summary>Counts since the start, at one moment; CPU in seconds.</summary>
internal sealed record LoadPoint
{
    public long At { get; init; }

    public double ServerCpu { get; init; }

    public double GeneratorCpu { get; init; }

    /// <summary>Of this process, which only watches.</summary>
    public double OwnCpu { get; init; }

    public long ResidentBytes { get; init; }

    public int Connected { get; init; }

    public long Acknowledged { get; init; }

    public long Received { get; init; }

    public long Logins { get; init; }

    public long TokenLogins { get; init; }

    public long Refused { get; init; }

    public long Resent { get; init; }

    public long AnsweredDuplicate { get; init; }

    public long LostConnections { get; init; }

    public long Errors { get; init; }

    public double SecondsSince(LoadPoint earlier) => Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds;
}
