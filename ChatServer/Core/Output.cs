using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>
/// Something the core says. Its fields mean what <see cref="OutputKind"/> says for its kind. Whoever makes one puts it into
/// <see cref="HeldOutputs"/>, and from there it comes out only as <see cref="HeldOutputs.Released"/>.
/// </summary>
internal readonly record struct Output(OutputKind Kind, ulong Session)
{
    public uint Correlation { get; init; }

    public ErrorCode Code { get; init; }

    public int Partition { get; init; }

    public ulong First { get; init; }

    public ulong Second { get; init; }

    public ulong Third { get; init; }

    public ulong Fourth { get; init; }

    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    public BodyRef Body { get; init; }

    /// <summary>Lent by <see cref="HeldOutputs.Lend"/>, as long as the output is.</summary>
    public ReadOnlyMemory<Mark> Marks { get; init; }

    public IReadOnlyList<DeviceSummary>? Devices { get; init; }
}
