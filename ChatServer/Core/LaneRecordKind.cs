namespace ChatServer.Core;

/// <summary>
/// What a lane carries. Sends cause further records and need credit; results cause none and never wait.
/// Numbers are kept in snapshots and are never reused.
/// </summary>
internal enum LaneRecordKind : byte
{
    /// <summary>Send: a message for the conversation's home to decide.</summary>
    Send = 1,

    /// <summary>Send: may this user write to that one?</summary>
    OpeningAsked = 2,

    /// <summary>Result: the answer to it.</summary>
    OpeningAnswered = 3,

    /// <summary>Result: an entry, from the conversation's home to the recipient's.</summary>
    Entry = 4,

    /// <summary>Result: accepted with a sequence number, or refused, from the conversation's home to the sender's.</summary>
    Decision = 5,

    /// <summary>Result: how far the recipient has received and read, to the author's home. One under way a conversation and user.</summary>
    Marks = 6,

    /// <summary>Result: the recipient became full, open or gone, to the conversation's home.</summary>
    RecipientStatus = 7,
}
