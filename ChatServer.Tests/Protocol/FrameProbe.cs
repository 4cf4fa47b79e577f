using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Protocol;

/// <summary>A kind of frame without its type, so that one test goes over all kinds. Found by reflection: none can be forgotten.</summary>
internal abstract class FrameProbe
{
    public static IReadOnlyList<FrameProbe> All { get; } =
    [
        .. typeof(FrameCodec).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.GetInterfaces().Any(IsFrame))
            .Select(type => (FrameProbe)Activator.CreateInstance(typeof(FrameProbeOf<>).MakeGenericType(type))!) // a closed class is never null
            .OrderBy(probe => probe.Kind),
    ];

    public abstract FrameKind Kind { get; }

    public abstract Type Type { get; }

    public static FrameProbe Of(FrameKind kind) => All.Single(probe => probe.Kind == kind);

    public abstract ErrorCode Read(ReadOnlyMemory<byte> body, out object frame, out ulong argument);

    /// <summary>Reads without boxing what was read, so that allocations can be counted.</summary>
    public abstract ErrorCode Read(ReadOnlyMemory<byte> body);

    /// <summary>Header and body.</summary>
    public abstract byte[] Write(object frame, uint correlation = 0);

    public abstract int MaxBodyBytes(object frame);

    public override string ToString() => Kind.ToString();

    private static bool IsFrame(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IFrame<>);
}
