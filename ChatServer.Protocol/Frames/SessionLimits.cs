using ChatServer.Protocol.Wire;

namespace ChatServer.Protocol.Frames;

/// <summary>
/// <c>[frameBytes, payloadBytes, undecidedSends, unsettledAnswers, windowMessages, windowBytes, outboxEntries, outboxBytes, devices,
/// messagesPerSecond, messagesBurst]</c>, each an integer of 31 bits. The limits that hold in a session, all of them.
/// </summary>
public readonly record struct SessionLimits
{
    /// <summary>At least as many bytes as these take.</summary>
    internal const int MaxBytes = FrameWriter.MaxArrayBytes + (11 * FrameWriter.MaxIntegerBytes);

    /// <summary>Most bytes of a frame's body.</summary>
    public int FrameBytes { get; init; }

    /// <summary>Most bytes of a message's payload.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Sends of the device that may be undecided; beyond it the server does not read.</summary>
    public int UndecidedSends { get; init; }

    /// <summary>Decided and unsettled answers of the device; beyond it <see cref="ErrorCode.SettleFirst"/>.</summary>
    public int UnsettledAnswers { get; init; }

    /// <summary>Messages of the receive window, as granted.</summary>
    public int WindowMessages { get; init; }

    /// <summary>Bytes of payload of the receive window, as granted.</summary>
    public int WindowBytes { get; init; }

    /// <summary>Entries that may wait for a device; when all devices of a user are full, <see cref="ErrorCode.Quota"/>.</summary>
    public int OutboxEntries { get; init; }

    /// <summary>Bytes of payload that may wait for a device.</summary>
    public int OutboxBytes { get; init; }

    /// <summary>Devices of a user.</summary>
    public int Devices { get; init; }

    /// <summary>Messages a user may send a second in the long run; 0: as many as the user likes.</summary>
    public int MessagesPerSecond { get; init; }

    /// <summary>Messages a user may send at once after a rest; 0: as many as the user likes.</summary>
    public int MessagesBurst { get; init; }

    internal void Write(ref FrameWriter writer)
    {
        writer.Array(11);
        writer.Integer((uint)FrameBytes);
        writer.Integer((uint)PayloadBytes);
        writer.Integer((uint)UndecidedSends);
        writer.Integer((uint)UnsettledAnswers);
        writer.Integer((uint)WindowMessages);
        writer.Integer((uint)WindowBytes);
        writer.Integer((uint)OutboxEntries);
        writer.Integer((uint)OutboxBytes);
        writer.Integer((uint)Devices);
        writer.Integer((uint)MessagesPerSecond);
        writer.Integer((uint)MessagesBurst);
    }

    internal static SessionLimits Read(ref FrameReader reader)
    {
        var outer = reader.BeginArray(mandatory: 11);
        var limits = new SessionLimits
        {
            FrameBytes = reader.Int32(),
            PayloadBytes = reader.Int32(),
            UndecidedSends = reader.Int32(),
            UnsettledAnswers = reader.Int32(),
            WindowMessages = reader.Int32(),
            WindowBytes = reader.Int32(),
            OutboxEntries = reader.Int32(),
            OutboxBytes = reader.Int32(),
            Devices = reader.Int32(),
            MessagesPerSecond = reader.Int32(),
            MessagesBurst = reader.Int32(),
        };
        reader.EndArray(outer);
        return limits;
    }
}
