using System.Buffers;
using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// What may be said before anything is durable, because it rests on no partition's state: pong, errors of the wire, busy, rates, going
/// away. There is no way to make one that tells of a decision of the core.
/// </summary>
internal readonly record struct ImmediateReply
{
    private readonly FrameKind _kind;
    private readonly uint _correlation;
    private readonly ErrorFrame _error;
    private readonly PongFrame _pong;
    private readonly GoAwayFrame _goAway;

    private ImmediateReply(FrameKind kind, uint correlation, ErrorFrame error = default, PongFrame pong = default, GoAwayFrame goAway = default)
    {
        _kind = kind;
        _correlation = correlation;
        _error = error;
        _pong = pong;
        _goAway = goAway;
    }

    public static ImmediateReply Pong(uint correlation, in PongFrame pong) => new(FrameKind.Pong, correlation, pong: pong);

    public static ImmediateReply GoAway(ErrorCode code, uint reconnectAfterMilliseconds, string detail) =>
        new(FrameKind.GoAway, 0, goAway: new GoAwayFrame { Code = code, ReconnectAfterMs = reconnectAfterMilliseconds, Detail = detail });

    public static ImmediateReply Error(uint correlation, ErrorCode code, ulong argument = 0, uint retryAfterMilliseconds = 0, ulong sendNumber = 0)
    {
        Invariant.Holds(IsStateless(code), "only codes that rest on no state are said at once");
        return new(FrameKind.Error, correlation, new ErrorFrame { Code = code, Argument = argument, RetryAfterMs = retryAfterMilliseconds, SendNumber = sendNumber });
    }

    public void Write(IBufferWriter<byte> output)
    {
        switch (_kind)
        {
            case FrameKind.Pong: FrameCodec.Write(output, in _pong, _correlation); break;
            case FrameKind.GoAway: FrameCodec.Write(output, in _goAway, _correlation); break;
            default: FrameCodec.Write(output, in _error, _correlation); break;
        }
    }

    private static bool IsStateless(ErrorCode code) => code switch
    {
        ErrorCode.Conflict or ErrorCode.OwnConversation => false,
        >= (ErrorCode)1000 and < (ErrorCode)2000 => true,
        ErrorCode.RegistrationClosed or ErrorCode.PasswordPolicy => true,
        ErrorCode.Busy or ErrorCode.RateLimited or ErrorCode.LoginThrottled => true,
        >= (ErrorCode)5000 and < (ErrorCode)6000 => true,
        ErrorCode.UnsupportedVersion => true,
        _ => false,
    };
}
