using System.Buffers;
using ChatServer.Protocol.Wire;

namespace ChatServer.Tests.Protocol;

internal sealed class FrameProbeOf<T> : FrameProbe
    where T : struct, IFrame<T>
{
    public override FrameKind Kind => T.Kind;

    public override Type Type => typeof(T);

    public override ErrorCode Read(ReadOnlyMemory<byte> body, out object frame, out ulong argument)
    {
        var error = FrameCodec.Read<T>(body, out var read, out argument);
        frame = read;
        return error;
    }

    public override ErrorCode Read(ReadOnlyMemory<byte> body) => FrameCodec.Read<T>(body, out _, out _);

    public override byte[] Write(object frame, uint correlation = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameCodec.Write(output, (T)frame, correlation);
        return output.WrittenSpan.ToArray();
    }

    public override int MaxBodyBytes(object frame) => ((T)frame).MaxBodyBytes;
}
