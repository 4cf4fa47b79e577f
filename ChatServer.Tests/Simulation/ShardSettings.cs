using ChatServer.Core;

namespace ChatServer.Tests.Simulation;

/// <summary>
/// What one seed draws: how many of everything, how fast it all is, which faults are on, and limits that are often tiny, so that their
/// edges are met.
/// </summary>
internal sealed record ShardSettings
{
    public required int Partitions { get; init; }

    public required int Loops { get; init; }

    public required int Users { get; init; }

    public required int DevicesPerUser { get; init; }

    /// <summary>Things that clients do before the faults end.</summary>
    public required int Acts { get; init; }

    public required int ActSpacingMicroseconds { get; init; }

    public required int ResidentBytes { get; init; }

    public required int WindowMessages { get; init; }

    public required CoreLimits Limits { get; init; }

    public required bool HasRates { get; init; }

    public required int KeepAliveSeconds { get; init; }

    public required int PasswordQueue { get; init; }

    public required int SendQueueFrames { get; init; }

    public required int SendQueueBytes { get; init; }

    public required int ReceiveShareBytes { get; init; }

    public required int SocketBufferBytes { get; init; }

    public required int MostDelayMicroseconds { get; init; }

    public required int MostPieceBytes { get; init; }

    public required int MostTurnLatencyMicroseconds { get; init; }

    public required int MostCommitMicroseconds { get; init; }

    public required int LargePayloads { get; init; }

    /// <summary>Of seeds without large payloads: the largest input is a sixteenth of a page at most, as with the sizes of a real log.</summary>
    public required int SmallPageBytes { get; init; }

    public int PageBytes => LargePayloads > 0 ? 1 << 17 : SmallPageBytes;

    public required int SegmentPages { get; init; }

    public required int SectorBytes { get; init; }

    /// <summary>So many pages are kept while they are not on disk; a batch may need two of them.</summary>
    public required int MemoryPages { get; init; }

    public int MemoryBytes => MemoryPages * PageBytes;

    public required int CheckpointBytes { get; init; }

    // Chances in a thousand acts.
    public required int Crashes { get; init; }

    public required int Stops { get; init; }

    public required int Pauses { get; init; }

    public required int Resets { get; init; }

    public required int Silences { get; init; }

    public required int Stalls { get; init; }

    public required int SlowReaders { get; init; }

    public required int ClockJumps { get; init; }

    public required int ClientCrashes { get; init; }

    public required int LostStores { get; init; }

    public required int Removals { get; init; }

    public required int Passwords { get; init; }

    public required int Strangers { get; init; }

    public required int PowerCuts { get; init; }

    public required int Flips { get; init; }

    public required int DiskFailures { get; init; }

    public required int FullDisks { get; init; }

    /// <summary>Faults that can be switched off without another course of all else.</summary>
    public static IReadOnlyList<string> Faults { get; } =
    [
        nameof(Crashes), nameof(Stops), nameof(Pauses), nameof(Resets), nameof(Silences), nameof(Stalls), nameof(SlowReaders), nameof(ClockJumps),
        nameof(ClientCrashes), nameof(LostStores), nameof(Removals), nameof(Passwords), nameof(Strangers),
        nameof(PowerCuts), nameof(Flips), nameof(DiskFailures), nameof(FullDisks),
    ];

    public ShardSettings Without(string fault) => fault switch
    {
        nameof(Crashes) => this with { Crashes = 0 },
        nameof(Stops) => this with { Stops = 0 },
        nameof(Pauses) => this with { Pauses = 0 },
        nameof(Resets) => this with { Resets = 0 },
        nameof(Silences) => this with { Silences = 0 },
        nameof(Stalls) => this with { Stalls = 0 },
        nameof(SlowReaders) => this with { SlowReaders = 0 },
        nameof(ClockJumps) => this with { ClockJumps = 0 },
        nameof(ClientCrashes) => this with { ClientCrashes = 0 },
        nameof(LostStores) => this with { LostStores = 0 },
        nameof(Removals) => this with { Removals = 0 },
        nameof(Passwords) => this with { Passwords = 0 },
        nameof(Strangers) => this with { Strangers = 0 },
        nameof(PowerCuts) => this with { PowerCuts = 0 },
        nameof(Flips) => this with { Flips = 0 },
        nameof(DiskFailures) => this with { DiskFailures = 0 },
        nameof(FullDisks) => this with { FullDisks = 0 },
        _ => throw new ArgumentException($"'{fault}' is no fault; there are {string.Join(", ", Faults)}"),
    };

    public static ShardSettings Draw(SimulationRandom random) => new()
    {
        Partitions = random.OneOf(1, 2, 4),
        Loops = random.OneOf(1, 1, 2),
        Users = random.OneOf(2, 2, 3, 4),
        DevicesPerUser = random.OneOf(1, 1, 2),
        Acts = random.OneOf(60, 100, 200),
        ActSpacingMicroseconds = random.OneOf(2_000, 20_000, 100_000),
        ResidentBytes = random.OneOf(0, 2_000, 1 << 20),
        WindowMessages = random.OneOf(1, 3, 16, 512),
        HasRates = random.Next(3) == 0,
        Limits = DrawLimits(random),
        KeepAliveSeconds = random.OneOf(2, 4, 30),
        PasswordQueue = random.OneOf(1, 100),
        SendQueueFrames = random.OneOf(4, 30, 1_000),
        SendQueueBytes = random.OneOf(4_000, 48 * 1024, 256 * 1024),
        ReceiveShareBytes = random.OneOf(100, 256 * 1024),
        SocketBufferBytes = random.OneOf(500, 4_000, 64 * 1024),
        MostDelayMicroseconds = random.OneOf(500, 5_000, 100_000),
        MostPieceBytes = random.OneOf(0, 0, 3, 40),
        MostTurnLatencyMicroseconds = random.OneOf(20, 1_000, 10_000),
        MostCommitMicroseconds = random.OneOf(100, 3_000, 50_000),
        LargePayloads = random.OneOf(0, 0, 30),
        Crashes = random.OneOf(0, 0, 10, 30),
        Stops = random.OneOf(0, 0, 10),
        Pauses = random.OneOf(0, 0, 10),
        Resets = random.OneOf(0, 20, 60),
        Silences = random.OneOf(0, 0, 15),
        Stalls = random.OneOf(0, 0, 20),
        SlowReaders = random.OneOf(0, 0, 20),
        ClockJumps = random.OneOf(0, 0, 20),
        ClientCrashes = random.OneOf(0, 0, 20),
        LostStores = random.OneOf(0, 0, 0, 8),
        Removals = random.OneOf(0, 0, 0, 10),
        Passwords = random.OneOf(0, 0, 0, 8),
        Strangers = random.OneOf(0, 0, 20),
        SmallPageBytes = random.OneOf(1 << 14, 1 << 14, 1 << 15),
        SegmentPages = random.OneOf(1, 2),
        SectorBytes = random.OneOf(512, 512, 4_096),
        MemoryPages = random.OneOf(2, 4, 64),
        CheckpointBytes = random.OneOf(20_000, 100_000, 1 << 30),
        PowerCuts = random.OneOf(0, 10, 30),
        Flips = random.OneOf(0, 0, 300),
        DiskFailures = random.OneOf(0, 0, 10),
        FullDisks = random.OneOf(0, 0, 20),
    };

    private static CoreLimits DrawLimits(SimulationRandom random) => new()
    {
        DevicesPerUser = random.OneOf(3, 5),
        UndecidedSends = random.OneOf(1, 3, 64),
        UnsettledAnswers = random.OneOf(2, 8, 256),
        OutboxEntries = random.OneOf(3, 12, 10_000, 10_000),
        LaneCredit = random.OneOf(2, 8, 1_024),
        LaneAcknowledgeEvery = random.OneOf(1, 4, 64),
        MessagesPerSecond = random.OneOf(20, 1_000),
        MessagesBurst = random.OneOf(3, 1_000),
        UnansweredPerSecond = random.OneOf(10, 1_000),
        UnansweredBurst = random.OneOf(2, 1_000),
        MarksPerFrame = random.OneOf(1, 2, 256),
    };
}
