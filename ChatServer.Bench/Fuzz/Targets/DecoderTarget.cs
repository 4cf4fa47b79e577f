using ChatServer.Bench.Fuzz.Mutation;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>
/// The decoder of one kind of frame: a documented code, or a frame that is written and read again as the same, and that says what
/// two other readers of MessagePack find in the body.
/// </summary>
internal sealed class DecoderTarget(FrameKind kind) : FuzzTarget
{
    private readonly BodyDecoder _decoder = BodyDecoder.Of(kind);

#pragma warning disable CA1308 // a name to be typed
    public override string Name { get; } = kind.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    public override string About => $"bodies of {kind} frames";

    /// <summary>A payload beyond its limit still fits.</summary>
    public override int MaxBytes => ProtocolLimits.PayloadBytes + 1_024;

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. GoldenVectors.Bodies[kind]];

    public override IReadOnlyList<byte[]> Dictionary => GoldenVectors.Words;

    public override IReadOnlyList<InputMutator> Mutators { get; } = [new MessagePackMutator(), new MessagePackMutator(), new ByteMutator()];

    public override void Run(byte[] input, FuzzMeter meter) => _decoder.Check(input, meter);
}
