using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;
using ChatServer.Sessions;

namespace ChatServer.Bench.Fuzz.Targets;

/// <summary>What one client sees: frames it can read, in an order that it may rely on, and none that is not for it.</summary>
internal sealed class SessionView(SessionTruth truth)
{
    private readonly Dictionary<WireConversation, ulong> _pushed = [];
    private PushedTotal _total;
    private ulong _marksVersion;
    private bool _isWelcome;
    private bool _hasCaughtUp;
    private bool _hasEnded;

    /// <summary>One frame, with its header.</summary>
    public void Take(Session session, ReadOnlyMemory<byte> bytes)
    {
        var header = FrameHeader.Read(bytes.Span);
        var body = bytes[ProtocolLimits.HeaderBytes..];
        Oracle.Holds(header.Length == body.Length, "a frame is as long as its header says");
        Oracle.Holds(!_hasEnded, "nothing comes after GoAway");
        Oracle.Holds(_isWelcome || header.Kind is FrameKind.Welcome or FrameKind.Error or FrameKind.GoAway, "nothing but the login's answer comes before Welcome");
        switch (header.Kind)
        {
            case FrameKind.Welcome: Welcome(session, Read<WelcomeFrame>(body)); break;
            case FrameKind.Sent: truth.Answered(session, Read<SentFrame>(body)); break;
            case FrameKind.Message: Message(session, Read<MessageFrame>(body)); break;
            case FrameKind.CaughtUp: CaughtUp(Read<CaughtUpFrame>(body)); break;
            case FrameKind.Marks: Marks(session, Read<MarksFrame>(body)); break;
            case FrameKind.Pong: Pong(Read<PongFrame>(body)); break;
            case FrameKind.Devices: Devices(session, Read<DevicesFrame>(body)); break;
            case FrameKind.DeviceRemoved: truth.Removed(session.User, Read<DeviceRemovedFrame>(body).Device); break;
            case FrameKind.Error: Oracle.Holds(IsDocumented(Read<ErrorFrame>(body).Code), "an error has a documented code"); break;
            case FrameKind.GoAway:
                Oracle.Holds(IsDocumented(Read<GoAwayFrame>(body).Code), "an end has a documented code");
                _hasEnded = true;
                break;
            default: throw new OracleException($"a client gets a frame of kind {header.Kind}");
        }
    }

    private static bool IsDocumented(ErrorCode code) => code != ErrorCode.None && Enum.IsDefined(code);

    private static T Read<T>(ReadOnlyMemory<byte> body)
        where T : struct, IFrame<T>
    {
        Oracle.Holds(FrameCodec.Read(body, out T frame) == ErrorCode.None, "a client can read what the server says");
        return frame;
    }

    private void Welcome(Session session, WelcomeFrame frame)
    {
        Oracle.Holds(!_isWelcome, "a session is welcome once");
        Oracle.Holds(frame.Session == session.Id && frame.Token.Length > 0, "a Welcome names the session and brings a token");
        _isWelcome = true;
        truth.Welcomed(session);
    }

    private void Message(Session session, MessageFrame frame)
    {
        var last = _pushed.GetValueOrDefault(frame.Conversation);
        Oracle.Holds(frame.Sequence > last, "P3: entries come in order, each once in a session");
        Oracle.Holds(last == 0 || frame.Previous == last, "P3: an entry names the one before it, so that no gap is unseen");
        Oracle.Holds(frame.Previous < frame.Sequence, "an entry comes after the one before it");
        _pushed[frame.Conversation] = frame.Sequence;
        _total = _total.With(frame.Conversation, frame.Sequence);
        truth.Delivered(session, frame);
    }

    private void CaughtUp(CaughtUpFrame frame)
    {
        Oracle.Holds(!_hasCaughtUp, "a session has caught up once");
        Oracle.Holds(frame.Pushed == _total.Pushed, "CaughtUp counts what came before it");
        _hasCaughtUp = true;
    }

    private void Pong(PongFrame frame) =>
        Oracle.Holds(frame.Pushed == _total.Pushed && frame.Checksum == _total.Checksum, "a Pong tells of what was pushed");

    private void Marks(Session session, MarksFrame frame)
    {
        Oracle.Holds(frame.Version >= _marksVersion, "P5: marks come in the order of their versions");
        _marksVersion = frame.Version;
        foreach (var item in frame.Items)
        {
            Oracle.Holds(item.ReadUpTo <= item.DeliveredUpTo, "P5: what was read was delivered");
            Oracle.Holds(item.Conversation.User != session.User, "P6: marks are of what others read");
            truth.Marked(session, item);
        }
    }

    private static void Devices(Session session, DevicesFrame frame)
    {
        Oracle.Holds(frame.Items.Count <= ProtocolLimits.DevicesPerUser, "a user has no more devices than a user may have");
        var current = 0;
        foreach (var item in frame.Items)
        {
            if (!item.Current) continue;
            current++;
            Oracle.Holds(item.Device == session.Device, "the current device is the one that asks");
        }

        Oracle.Holds(current == 1, "the device that asks is among the devices");
    }
}
