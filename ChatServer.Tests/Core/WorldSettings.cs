using ChatServer.Core;

namespace ChatServer.Tests.Core;

/// <summary>
/// What one seed draws: how many of everything, which faults are on, and limits that are often tiny, so that their edges are met.
/// </summary>
internal sealed record WorldSettings
{
    public required int Partitions { get; init; }

    public required int Loops { get; init; }

    public required int Users { get; init; }

    public required int DevicesPerUser { get; init; }

    public required int Steps { get; init; }

    public required int CapacityBatches { get; init; }

    public required int MaxBatchBytes { get; init; }

    public required int SegmentBytes { get; init; }

    public required int ResidentBytes { get; init; }

    /// <summary>What nobody got in this time expires.</summary>
    public required int RetentionMilliseconds { get; init; }

    public required int WindowMessages { get; init; }

    public required CoreLimits Limits { get; init; }

    /// <summary>Chances in a thousand steps.</summary>
    public required int Crashes { get; init; }

    public required int Cuts { get; init; }

    public required int Removals { get; init; }

    public required int Passwords { get; init; }

    public required int LostStores { get; init; }

    public required int Checkpoints { get; init; }

    /// <summary>How seldom lanes and commits get their turn: 1 at once, 9 late.</summary>
    public required int LaneDelay { get; init; }

    public required int CommitDelay { get; init; }

    /// <summary>Faults that can be switched off without another course of all else.</summary>
    public static IReadOnlyList<string> Faults { get; } = [nameof(Crashes), nameof(Cuts), nameof(Removals), nameof(Passwords), nameof(LostStores), nameof(Checkpoints)];

    public WorldSettings Without(string fault) => fault switch
    {
        nameof(Crashes) => this with { Crashes = 0 },
        nameof(Cuts) => this with { Cuts = 0 },
        nameof(Removals) => this with { Removals = 0 },
        nameof(Passwords) => this with { Passwords = 0 },
        nameof(Checkpoints) => this with { Checkpoints = 0 },
        nameof(LostStores) => this with { LostStores = 0 },
        _ => throw new ArgumentException($"'{fault}' is no fault; there are {string.Join(", ", Faults)}"),
    };

    public static WorldSettings Draw(Random random)
    {
        int OneOf(params ReadOnlySpan<int> values) => values[random.Next(values.Length)];
        var users = OneOf(2, 3, 4, 6);
        return new WorldSettings
        {
            Partitions = OneOf(1, 2, 4, 8),
            Loops = OneOf(1, 2, 3),
            Users = users,
            DevicesPerUser = OneOf(1, 2, 3),
            Steps = OneOf(200, 400, 800),
            CapacityBatches = OneOf(2, 8, 1024),
            MaxBatchBytes = OneOf(1 << 16, 1 << 22),
            SegmentBytes = OneOf(500, 2_000, 20_000),
            RetentionMilliseconds = OneOf(600, 3_000, int.MaxValue, int.MaxValue),
            ResidentBytes = OneOf(0, 2_000, 1 << 20),
            WindowMessages = OneOf(1, 3, 16, 512),
            Limits = new CoreLimits
            {
                DevicesPerUser = OneOf(3, 5),
                UndecidedSends = OneOf(1, 3, 64),
                UnsettledAnswers = OneOf(2, 8, 256),
                OutboxEntries = OneOf(3, 12, 10_000, 10_000),
                OutboxBytes = OneOf(600, 1 << 26, 1 << 26),
                LaneCredit = OneOf(2, 8, 1024),
                LaneAcknowledgeEvery = OneOf(1, 4, 64),
                MessagesPerSecond = OneOf(2, 1000),
                MessagesBurst = OneOf(3, 1000),
                UnansweredPerSecond = OneOf(1, 1000),
                UnansweredBurst = OneOf(2, 1000),
                MarksPerFrame = OneOf(1, 2, 256),
            },
            Crashes = OneOf(0, 5, 20),
            Cuts = OneOf(0, 10, 50),
            Removals = OneOf(0, 0, 10),
            Passwords = OneOf(0, 0, 5),
            LostStores = OneOf(0, 0, 5),
            Checkpoints = OneOf(0, 10, 40),
            LaneDelay = OneOf(1, 3, 9),
            CommitDelay = OneOf(1, 3, 9),
        };
    }
}
