using ChatServer.Bench.Fuzz.Targets;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz;

/// <summary>All targets, by the names that the command line knows.</summary>
internal static class FuzzTargets
{
    private static readonly SortedDictionary<string, Func<FuzzTarget>> Makers = new(StringComparer.Ordinal)
    {
        ["splitter"] = () => new SplitterTarget(),
        ["hello"] = () => new DecoderTarget(FrameKind.Hello),
        ["welcome"] = () => new DecoderTarget(FrameKind.Welcome),
        ["send"] = () => new DecoderTarget(FrameKind.Send),
        ["sent"] = () => new DecoderTarget(FrameKind.Sent),
        ["message"] = () => new DecoderTarget(FrameKind.Message),
        ["receipt"] = () => new DecoderTarget(FrameKind.Receipt),
        ["marks"] = () => new DecoderTarget(FrameKind.Marks),
        ["devices"] = () => new DecoderTarget(FrameKind.Devices),
        ["small-frames"] = () => new SmallFramesTarget([.. BodyDecoder.All.Select(decoder => decoder.Kind).Except(Large)]),
        ["session"] = () => new SessionTarget(),
        ["batch"] = () => new BatchTarget(),
        ["recovery"] = () => new RecoveryTarget(),
        ["cluster"] = () => new ClusterTarget(),
        ["snapshot"] = () => new SnapshotTarget(),
        ["token"] = () => new TokenTarget(),
    };

    /// <summary>Kinds with many fields or a list have a target each; all others, and whichever are added, share one.</summary>
    private static FrameKind[] Large =>
        [FrameKind.Hello, FrameKind.Welcome, FrameKind.Send, FrameKind.Sent, FrameKind.Message, FrameKind.Receipt, FrameKind.Marks, FrameKind.Devices];

    public static IReadOnlyList<string> Names { get; } = [.. Makers.Keys];

    public static FuzzTarget Create(string name) =>
        Makers.TryGetValue(name, out var make) ? make() : throw new ArgumentException($"There is no target {name}", nameof(name));
}
