using ChatServer.Tests.Core;

namespace ChatServer.Tests.Simulation;

/// <summary>After the faults: what holds for any world, and what only this one has.</summary>
internal sealed class ShardVerdict(ShardWorld world)
{
    private readonly WorldVerdict _verdict = new(world);

    public void Check() => _verdict.Check();

    public void CheckStates() => _verdict.CheckStates();
}
