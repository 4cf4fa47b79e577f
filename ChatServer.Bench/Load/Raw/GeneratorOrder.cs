namespace ChatServer.Bench.Load.Raw;

/// <summary>One line to a generator. Answered by one line with the same id once it is done, in any order.</summary>
internal sealed record GeneratorOrder
{
    public int Id { get; init; }

    public required GeneratorVerb Verb { get; init; }

    /// <summary>Users, numbered within the generator: the first, and the one behind the last.</summary>
    public int From { get; init; }

    public int To { get; init; }

    /// <summary>How many at a time.</summary>
    public int Concurrent { get; init; }

    /// <summary>A second.</summary>
    public double Rate { get; init; }

    public long Count { get; init; }

    public double Seconds { get; init; }

    /// <summary>When it begins, a time of <see cref="System.Diagnostics.Stopwatch"/>, which all processes of a machine share; 0: at once.</summary>
    public long At { get; init; }

    /// <summary>Bytes a second; below 0: as fast as they come.</summary>
    public int Bytes { get; init; }

    public int Seed { get; init; }

    /// <summary>Of who is written to: see <see cref="ZipfRanks"/>.</summary>
    public double Skew { get; init; }

    /// <summary>Of a hundred users, those who stay away.</summary>
    public int AwayPercent { get; init; }
}
