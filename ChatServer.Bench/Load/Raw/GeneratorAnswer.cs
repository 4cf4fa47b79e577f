using ChatServer.Bench.Checking;

namespace ChatServer.Bench.Load.Raw;

/// <summary>One line from a generator.</summary>
internal sealed record GeneratorAnswer
{
    public int Id { get; init; }

    /// <summary>Why it could not be done; null: it is.</summary>
    public string? Problem { get; init; }

    public GeneratorSample? Sample { get; init; }

    public Verdict? Verdict { get; init; }

    /// <summary>What the checker says of the recorded history, if there is one.</summary>
    public Verdict? HistoryVerdict { get; init; }

    /// <summary>What went against the protocol, a few sentences.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
