using ChatServer.Bench.Fuzz.Mutation;
using ChatServer.Core;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// Frames of four clients, hang-ups, waits and logins, in any order, fed to the sessions and partitions of production. Nothing escapes,
/// every answer is documented and true, and a start from the log comes to the same state.
/// </summary>
internal sealed class SessionTarget : FuzzTarget
{
    private static readonly PartitionMap Map = SessionWorld.NewMap();

    public override string Name => "session";

    public override string About => "courses of frames, hang-ups and logins of four clients";

    public override int MaxBytes => 6_000;

    /// <summary>A world of its own for each input, and up to a hundred frames: their sum must stay far from what a turn of a loop may take.</summary>
    public override FuzzBounds Bounds => new(1_024, 4 << 20, TimeSpan.FromMilliseconds(100));

    public override IReadOnlyList<byte[]> Seeds => Course.Seeds;

    public override IReadOnlyList<byte[]> Dictionary => GoldenVectors.Words;

    public override IReadOnlyList<InputMutator> Mutators { get; } = [new CourseMutator(), new CourseMutator(), new CourseMutator(), new ByteMutator()];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        meter.Start();
        using var world = new SessionWorld(Map);
        world.Play(input);
        meter.Stop();
        world.Check();
    }
}
