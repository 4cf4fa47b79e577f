using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>A kind of frame without its type. Found by reflection: none can be forgotten.</summary>
internal abstract class BodyDecoder
{
    public static IReadOnlyList<BodyDecoder> All { get; } =
    [
        .. typeof(FrameCodec).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.GetInterfaces().Any(IsFrame))
            .Select(type => (BodyDecoder)Activator.CreateInstance(typeof(BodyDecoderOf<>).MakeGenericType(type))!) // a closed class is never null
            .OrderBy(decoder => decoder.Kind),
    ];

    public abstract FrameKind Kind { get; }

    public static BodyDecoder Of(FrameKind kind) => All.Single(decoder => decoder.Kind == kind);

    /// <summary>Decodes, and encodes again what could be decoded. The code of the decoder.</summary>
    public abstract ErrorCode Check(ReadOnlyMemory<byte> body, FuzzMeter meter);

    private static bool IsFrame(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IFrame<>);
}
