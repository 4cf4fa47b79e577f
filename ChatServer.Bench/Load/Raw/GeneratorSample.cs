namespace ChatServer.Bench.Load.Raw;

/// <summary>How a generator stands: counts since its start, histograms since the sample before.</summary>
internal sealed record GeneratorSample
{
    public int Connected { get; init; }

    public long Sent { get; init; }

    public long Acknowledged { get; init; }

    public long Received { get; init; }

    public long Open { get; init; }

    public long Owed { get; init; }

    public long Refused { get; init; }

    public long Resent { get; init; }

    public long AnsweredDuplicate { get; init; }

    public long Logins { get; init; }

    public long TokenLogins { get; init; }

    public long LostConnections { get; init; }

    public long Postponed { get; init; }

    /// <summary>What the verifier found, and what went against the protocol.</summary>
    public long Errors { get; init; }

    public double CpuSeconds { get; init; }

    /// <summary>As <see cref="Latencies.Take"/> writes it.</summary>
    public string EndToEnd { get; init; } = "";

    public string Acknowledgement { get; init; } = "";

    public string Login { get; init; } = "";
}
