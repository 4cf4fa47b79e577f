using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>The caps of every queue in the core. The same for all partitions of a shard.</summary>
internal sealed record CoreLimits
{
    /// <summary>Devices of one user.</summary>
    public int DevicesPerUser { get; init; } = ProtocolLimits.DevicesPerUser;

    /// <summary>Sends of one device that are not decided; the next is answered Busy.</summary>
    public int UndecidedSends { get; init; } = ProtocolLimits.UndecidedSends;

    /// <summary>Answers of one device that are not settled; the next send is answered SettleFirst.</summary>
    public int UnsettledAnswers { get; init; } = ProtocolLimits.UnsettledAnswers;

    /// <summary>Entries waiting for one device. When all devices of a user are full, senders are refused with Quota.</summary>
    public int OutboxEntries { get; init; } = 10_000;

    /// <summary>Bytes of payload waiting for one device; as <see cref="OutboxEntries"/>.</summary>
    public long OutboxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Lane records from one partition to another that are not acknowledged; a send that needs one more is answered Busy.</summary>
    public int LaneCredit { get; init; } = 1_024;

    /// <summary>After so many milliseconds, what was refused because the disk is full may be tried again.</summary>
    public uint FullDiskRetryMilliseconds { get; init; } = 1_000;

    /// <summary>Lane records after which the receiver's acknowledgement is logged at once instead of at the next tick.</summary>
    public int LaneAcknowledgeEvery { get; init; } = 64;

    /// <summary>Messages a second that one user may send, in the long run.</summary>
    public double MessagesPerSecond { get; init; } = 20;

    /// <summary>Messages that one user may send at once.</summary>
    public double MessagesBurst { get; init; } = 60;

    /// <summary>Messages a second to somebody who has never answered.</summary>
    public double UnansweredPerSecond { get; init; } = 1;

    /// <summary>Messages at once to somebody who has never answered.</summary>
    public double UnansweredBurst { get; init; } = 60;

    /// <summary>Bytes of payload a second that one user may send.</summary>
    public double BytesPerSecond { get; init; } = 128 * 1024;

    /// <summary>Bytes of payload that one user may send at once.</summary>
    public double BytesBurst { get; init; } = 4 * 1024 * 1024;

    /// <summary>Items of one Marks frame.</summary>
    public int MarksPerFrame { get; init; } = 256;
}
