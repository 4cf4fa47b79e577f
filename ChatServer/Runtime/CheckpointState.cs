namespace ChatServer.Runtime;

/// <summary>What a start found of checkpoints.</summary>
/// <param name="LastNumber">The highest number that is taken, damaged ones included; 0: none.</param>
/// <param name="Kept">Those that verified, the older first.</param>
/// <param name="Damage">Why one could not be used, one line each.</param>
internal sealed record CheckpointState(ulong LastNumber, IReadOnlyList<CheckpointMark> Kept, IReadOnlyList<string> Damage)
{
    public static CheckpointState None => new(0, [], []);
}
