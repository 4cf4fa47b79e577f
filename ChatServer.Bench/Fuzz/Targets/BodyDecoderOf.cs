using System.Runtime.CompilerServices;
using ChatServer.Bench.Fuzz.Mutation;
using ChatServer.Protocol.Wire;

namespace ChatServer.Bench.Fuzz.Targets;

internal sealed class BodyDecoderOf<T> : BodyDecoder
    where T : struct, IFrame<T>
{
    private readonly List<MessagePackElement> _theirs = [];
    private readonly List<MessagePackElement> _ours = [];

    public override FrameKind Kind => T.Kind;

    public override ErrorCode Check(ReadOnlyMemory<byte> body, FuzzMeter meter)
    {
        meter.Start();
        var error = FrameCodec.Read<T>(body, out var frame, out var argument);
        meter.Stop();
        Oracle.Holds(error is ErrorCode.None or ErrorCode.BadFrame or ErrorCode.Limit or ErrorCode.BadName, "a decoder gives a documented code");
        Oracle.Holds(error == ErrorCode.Limit == argument > 0, "a limit that was exceeded is named, and only then");
        if (error != ErrorCode.None) return error;

        var written = Written(frame);
        Oracle.Holds(FrameCodec.Read<T>(written, out var again) == ErrorCode.None, "what was decoded and encoded again decodes");
        Oracle.Holds(Written(again).AsSpan().SequenceEqual(written), "what was decoded, encoded and decoded again is the same");
        Oracle.Holds(MessagePackWalk.TryRead(body.Span, _theirs), "what is accepted is one value of MessagePack without map, float and extension");
        foreach (var element in _theirs)
        {
            if (!MessagePackWalk.IsArray(body.Span[element.Start])) continue;
            Oracle.Holds(element.Depth < ProtocolLimits.Depth, "no array that is accepted lies deeper than allowed");
            Oracle.Holds(element.Count <= ProtocolLimits.Elements, "no array that is accepted is longer than allowed");
        }

        Oracle.Holds(MessagePackWalk.TryRead(written, _ours), "what is written is one value of MessagePack");
        Oracle.Holds(MessagePackWalk.Agree(body.Span, _theirs, written, _ours), "what was decoded is what the body says");
        return error;
    }

    private static byte[] Written(T frame)
    {
        var bytes = new byte[FrameCodec.MaxBytes(in frame)];
        var length = FrameCodec.Write(bytes, in frame);
        var header = FrameHeader.Read(bytes);
        Oracle.Holds(header.Kind == T.Kind && header.Length == length - ProtocolLimits.HeaderBytes, "a header says what follows it");
        Oracle.Holds(header.Length <= Unsafe.AsRef(in frame).MaxBodyBytes, "a frame is no longer than it says it can be");
        return bytes[ProtocolLimits.HeaderBytes..length];
    }
}
