using ChatServer.Bench.Fuzz.Mutation;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>The decoders of the kinds with few fields, which need no half a minute each: the first byte says which.</summary>
internal sealed class SmallFramesTarget(IReadOnlyList<FrameKind> kinds) : FuzzTarget
{
    private readonly BodyDecoder[] _decoders = [.. kinds.Select(BodyDecoder.Of)];

    public override string Name => "small-frames";

    public override string About => $"bodies of {string.Join(", ", kinds)} frames";

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [.. kinds.SelectMany((kind, place) => GoldenVectors.Bodies[kind].Select(body => (byte[])[(byte)place, .. body]))];

    public override IReadOnlyList<byte[]> Dictionary => GoldenVectors.Words;

    public override IReadOnlyList<InputMutator> Mutators { get; } = [new MessagePackMutator(prefix: 1), new MessagePackMutator(prefix: 1), new ByteMutator()];

    public override void Run(byte[] input, FuzzMeter meter)
    {
        if (input.Length > 0) _decoders[input[0] % _decoders.Length].Check(input.AsMemory(1), meter);
    }
}
