namespace ChatServer.Bench.Load.Raw;

/// <summary>What a generator is told at its start: its users, and how they behave.</summary>
internal sealed record RawPlan
{
    /// <summary>ADDRESS:PORT.</summary>
    public required string Server { get; init; }

    /// <summary>Users are named <c>load-RUN-NUMBER</c>.</summary>
    public required string Run { get; init; }

    /// <summary>Of the generators of the run, from 0: sources of connections are divided by it.</summary>
    public int Generator { get; init; }

    /// <summary>The number of this generator's first user.</summary>
    public int FirstUser { get; init; }

    public int Users { get; init; }

    /// <summary>What lets users in before they have a token.</summary>
    public required string Password { get; init; }

    /// <summary>Whether the first login makes the account.</summary>
    public bool Registers { get; init; }

    /// <summary>Each two neighbours write to each other.</summary>
    public bool HasPairs { get; init; }

    /// <summary>The first so many users write to the others in turn, each to his share.</summary>
    public int Feeders { get; init; }

    /// <summary>Sends without an answer of one user.</summary>
    public int InFlight { get; init; } = 16;

    /// <summary>As <see cref="PayloadSizes"/> reads it.</summary>
    public string Payload { get; init; } = "100";

    /// <summary>Messages that are kept before they are acknowledged, and the time after which fewer are.</summary>
    public int AcknowledgeEvery { get; init; } = 32;

    public int AcknowledgeMilliseconds { get; init; } = 50;

    /// <summary>The first so many pairs are there to be slow: one of each reads slowly when told to, and the times of both do not count.</summary>
    public int SlowPairs { get; init; }

    /// <summary>The kernel's buffer of one who is slow; the smaller, the sooner the server sees it.</summary>
    public int SlowBufferBytes { get; init; }

    public string? HistoryFile { get; init; }

    /// <summary>Whether a user, numbered within the generator, is one of those who may be slow.</summary>
    public bool IsSlow(int user) => user < 2 * SlowPairs && user % 2 == 1;

    /// <summary>The kernel's buffer of a user's connection; 0: its own choice.</summary>
    public int ReceiveBufferBytesOf(int user) => IsSlow(user) ? SlowBufferBytes : 0;
}
