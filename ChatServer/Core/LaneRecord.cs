using ChatServer.Protocol.Wire;

namespace ChatServer.Core;

/// <summary>One record on the way from one partition to another. Unused fields are default.</summary>
internal readonly record struct LaneRecord
{
    public required LaneRecordKind Kind { get; init; }

    public int From { get; init; }

    public int To { get; init; }

    /// <summary>1, 2, 3 … on this lane, without holes.</summary>
    public ulong Number { get; init; }

    /// <summary>Who it is about: the sender of a message, the reader of marks, the recipient of a status.</summary>
    public UserId User { get; init; }

    public DeviceId Device { get; init; }

    /// <summary>The other of the two users.</summary>
    public UserId Other { get; init; }

    public ulong SendNumber { get; init; }

    public ulong Sequence { get; init; }

    public ulong Time { get; init; }

    public ErrorCode Code { get; init; }

    public byte ContentKind { get; init; }

    public RecipientStatus Status { get; init; }

    public ulong Delivered { get; init; }

    public ulong Read { get; init; }

    /// <summary>The record at <see cref="From"/> that holds the payload.</summary>
    public BodyRef Body { get; init; }
}
