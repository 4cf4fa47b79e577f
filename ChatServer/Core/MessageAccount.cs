using ChatServer.Core.Records;

namespace ChatServer.Core;

/// <summary>
/// What became of every message: kept by applying records, so it survives restarts. Two sums have to come out: sends that were taken
/// are accepted, refused, undecided or forgotten; entries for recipients are delivered, waiting, expired or gone.
/// </summary>
internal record struct MessageAccount
{
    /// <summary>Send numbers that were consumed.</summary>
    public long Taken { get; set; }

    /// <summary>Taken, and given a place in the conversation.</summary>
    public long Accepted { get; set; }

    /// <summary>Taken, and refused for good.</summary>
    public long Refused { get; set; }

    /// <summary>Taken, and not decided yet.</summary>
    public long Undecided { get; set; }

    /// <summary>Undecided when the account or device that sent it was removed.</summary>
    public long Forgotten { get; set; }

    /// <summary>Entries that came to their recipient's home.</summary>
    public long Entered { get; set; }

    /// <summary>Of these: received by a device of the recipient, and let go by all of them.</summary>
    public long Delivered { get; set; }

    /// <summary>Of these: some device of the recipient has still to get it.</summary>
    public long Waiting { get; set; }

    /// <summary>Of these: given up before any device had it, by time, by an outbox that overflowed, or with the account.</summary>
    public long Expired { get; set; }

    /// <summary>Of these: came when the recipient's account was gone.</summary>
    public long Gone { get; set; }

    /// <summary>What is neither here nor there; anything but 0 is a bug.</summary>
    public readonly long Unaccounted => Math.Abs(Taken - Accepted - Refused - Undecided - Forgotten) + Math.Abs(Entered - Delivered - Waiting - Expired - Gone);

    public static MessageAccount operator +(in MessageAccount a, in MessageAccount b) => new()
    {
        Taken = a.Taken + b.Taken,
        Accepted = a.Accepted + b.Accepted,
        Refused = a.Refused + b.Refused,
        Undecided = a.Undecided + b.Undecided,
        Forgotten = a.Forgotten + b.Forgotten,
        Entered = a.Entered + b.Entered,
        Delivered = a.Delivered + b.Delivered,
        Waiting = a.Waiting + b.Waiting,
        Expired = a.Expired + b.Expired,
        Gone = a.Gone + b.Gone,
    };

    internal static MessageAccount Read(ref RecordReader reader) => new()
    {
        Taken = (long)reader.Number(),
        Accepted = (long)reader.Number(),
        Refused = (long)reader.Number(),
        Undecided = (long)reader.Number(),
        Forgotten = (long)reader.Number(),
        Entered = (long)reader.Number(),
        Delivered = (long)reader.Number(),
        Waiting = (long)reader.Number(),
        Expired = (long)reader.Number(),
        Gone = (long)reader.Number(),
    };

    internal readonly void Write(RecordWriter writer)
    {
        writer.Number((ulong)Taken);
        writer.Number((ulong)Accepted);
        writer.Number((ulong)Refused);
        writer.Number((ulong)Undecided);
        writer.Number((ulong)Forgotten);
        writer.Number((ulong)Entered);
        writer.Number((ulong)Delivered);
        writer.Number((ulong)Waiting);
        writer.Number((ulong)Expired);
        writer.Number((ulong)Gone);
    }
}
