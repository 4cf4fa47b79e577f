using ChatServer.Core;
using ChatServer.Protocol.Frames;
using ChatServer.Protocol.Wire;

namespace ChatServer.Sessions;

/// <summary>
/// One frame of a client, one case. Frames of a session are taken in the order they came, one at a time; what the core makes of them
/// leaves in the same order. Bad input is a code, never an exception.
/// </summary>
internal sealed class SessionDispatch(SessionSettings settings, Handshake handshake, SessionPorts ports)
{
    public SessionStep OnFrame(Session session, FrameHeader header, ReadOnlyMemory<byte> body, ulong now)
    {
        if (session.Phase == SessionPhase.Open) return Dispatch(session, header, body, now);
        if (session.Phase != SessionPhase.AwaitingHello) return SessionStep.Pause;
        if (header.Kind == FrameKind.Hello) return handshake.Hello(session, header, body);
        return End(session, header.Correlation, ErrorCode.HelloFirst);
    }

    /// <summary>Whether the session may send more: neither too much is undecided nor too many answers wait for the disk.</summary>
    public static bool MayGoOn(Session session, Partition home, SessionSettings settings) =>
        session.UnansweredSends < settings.Limits.UndecidedSends && home.PendingSends(session.Id) < settings.Limits.UndecidedSends;

    private SessionStep Dispatch(Session session, FrameHeader header, ReadOnlyMemory<byte> body, ulong now)
    {
        switch (header.Kind)
        {
            case FrameKind.Send: return Send(session, header, body);
            case FrameKind.Receipt: return Receipt(session, header, body);
            case FrameKind.Ping: return Ping(session, header, body, now);
            case FrameKind.ListDevices: return ListDevices(session, header, body, now);
            case FrameKind.RemoveDevice: return RemoveDevice(session, header, body, now);
            case FrameKind.Hello:
            case FrameKind.Welcome:
            case FrameKind.Pong:
            case FrameKind.GoAway:
            case FrameKind.Error:
            case FrameKind.Sent:
            case FrameKind.Message:
            case FrameKind.CaughtUp:
            case FrameKind.Marks:
            case FrameKind.Devices:
            case FrameKind.DeviceRemoved:
                return End(session, header.Correlation, ErrorCode.UnexpectedFrame);
            case >= FrameKind.FirstIgnorable and <= FrameKind.LastIgnorable:
                return ++session.IgnoredFrames > settings.MaxIgnoredFrames ? End(session, header.Correlation, ErrorCode.UnknownKind) : SessionStep.Continue;
            default:
                return End(session, header.Correlation, ErrorCode.UnknownKind);
        }
    }

    // Hot path: no allocation.
    private SessionStep Send(Session session, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        var error = FrameCodec.Read(body, out SendFrame frame, out var argument);
        if (error is ErrorCode.BadFrame) return End(session, header.Correlation, error);
        if (error == ErrorCode.None && (frame.Conversation.IsGroup || frame.ContentKind != ContentKind.Message || frame.MinDurability > Durability.Disk))
        {
            error = ErrorCode.Unsupported;
        }

        if (error != ErrorCode.None)
        {
            ports.Reply(session, ImmediateReply.Error(header.Correlation, error, argument, sendNumber: frame.SendNumber));
            return SessionStep.Continue;
        }

        var home = ports.Enter(session.Home);
        var isAnswered = home.Send(session.Id, header.Correlation, new SendRequest
        {
            To = frame.Conversation.User,
            SendNumber = frame.SendNumber,
            Settled = frame.Settled,
            ContentKind = (byte)frame.ContentKind,
            Payload = frame.Payload.Span,
        });
        if (isAnswered) session.UnansweredSends++;
        return MayGoOn(session, home, settings) ? SessionStep.Continue : SessionStep.Pause;
    }

    private SessionStep Receipt(Session session, FrameHeader header, ReadOnlyMemory<byte> body)
    {
        var error = FrameCodec.Read(body, out ReceiptFrame frame, out var argument);
        if (error != ErrorCode.None) return End(session, header.Correlation, error, argument);
        var home = ports.Enter(session.Home);
        foreach (var item in frame.Items)
        {
            if (!item.Conversation.IsGroup) home.Receive(session.Id, item.Conversation.User, item.DeliveredUpTo, item.ReadUpTo);
        }

        home.AcknowledgeMarks(session.Id, frame.MarksVersion);
        home.Settle(session.Id, frame.Settled);
        return SessionStep.Continue;
    }

    private SessionStep Ping(Session session, FrameHeader header, ReadOnlyMemory<byte> body, ulong now)
    {
        var error = FrameCodec.Read(body, out PingFrame frame, out var argument);
        if (error != ErrorCode.None) return End(session, header.Correlation, error, argument);
        if (!TakeRequest(session, now)) return End(session, header.Correlation, ErrorCode.RateLimited);
#if MUTANTS
        if (PlantedBugs.Active != PlantedBug.SettledInPingIgnored)
#endif
        ports.Enter(session.Home).Settle(session.Id, frame.Settled);
        ports.Reply(session, ImmediateReply.Pong(header.Correlation, new PongFrame
        {
            Pushed = session.Pushed.Pushed, Checksum = session.Pushed.Checksum, ServerTime = now, Echo = frame.Echo,
        }));
        return SessionStep.Continue;
    }

    private SessionStep ListDevices(Session session, FrameHeader header, ReadOnlyMemory<byte> body, ulong now)
    {
        var error = FrameCodec.Read(body, out ListDevicesFrame _, out var argument);
        if (error != ErrorCode.None) return End(session, header.Correlation, error, argument);
        if (!TakeRequest(session, now)) return End(session, header.Correlation, ErrorCode.RateLimited);
        ports.Enter(session.Home).ListDevices(session.Id, header.Correlation);
        return SessionStep.Continue;
    }

    private SessionStep RemoveDevice(Session session, FrameHeader header, ReadOnlyMemory<byte> body, ulong now)
    {
        var error = FrameCodec.Read(body, out RemoveDeviceFrame frame, out var argument);
        if (error != ErrorCode.None) return End(session, header.Correlation, error, argument);
        if (!TakeRequest(session, now)) return End(session, header.Correlation, ErrorCode.RateLimited);
        ports.Enter(session.Home).RemoveDevice(session.Id, header.Correlation, frame.Device);
        return SessionStep.Continue;
    }

    private bool TakeRequest(Session session, ulong now)
    {
        if (session.IsTrustedSource) return true;
        session.Requests ??= new TokenBucket(settings.RequestsPerSecond, settings.RequestsBurst, now);
        return session.Requests.TryTake(1, now);
    }

    private SessionStep End(Session session, uint correlation, ErrorCode code, ulong argument = 0)
    {
        ports.Reply(session, ImmediateReply.Error(correlation, code, argument, code == ErrorCode.RateLimited ? 1_000u : 0));
        return SessionStep.Close;
    }
}
