#if MUTANTS
namespace ChatServer.Core;

/// <summary>
/// Bugs that are planted to see whether the checks find them. There only in a build of configuration Mutants; at most one is active.
/// </summary>
public enum PlantedBug
{
    None,

    /// <summary>An answer leaves when its batch was handed to the log, before it is durable.</summary>
    SaidBeforeDurable,

    /// <summary>Recovery forgets which send numbers were used.</summary>
    DedupeNotRecovered,

    /// <summary>A receipt moves the cursor to all that was pushed.</summary>
    CursorAheadOfReceipt,

    /// <summary>Sends go past others that wait for the opening.</summary>
    SendsOvertakeOpening,

    /// <summary>A device that was detached while online keeps its session and its shut window.</summary>
    DetachedSessionGoesOn,

    /// <summary>A lane record that comes again is applied again.</summary>
    LaneRepeatApplied,

    /// <summary>After an acknowledgement the lane skips as many records as were acknowledged.</summary>
    LanePostsSkipped,

    /// <summary>More is pushed than the client's window takes.</summary>
    WindowIgnored,

    /// <summary>A client may settle what has no final answer.</summary>
    PendingSettled,

    /// <summary>A push names the entry before it, not the push before it.</summary>
    PreviousIsOneLess,

    /// <summary>Server time follows the clock when that steps back.</summary>
    TimeGoesBack,

    /// <summary>A delayed attempt to connect ends the session that overtook it.</summary>
    GhostAdmitted,

    /// <summary>What a removed device waited for is kept.</summary>
    RemovedDeviceStaysActive,

    /// <summary>Marks that changed while others were under way are never told.</summary>
    MarksNotToldAgain,

    /// <summary>A device is pushed what it wrote.</summary>
    OwnEntriesPushed,

    /// <summary>A receipt may read what it did not receive.</summary>
    ReadBeforeDelivered,

    /// <summary>A snapshot loses a flag.</summary>
    SnapshotForgetsMarksUnderWay,

    /// <summary>A full outbox takes more.</summary>
    OutboxUnbounded,

    /// <summary>An image has of a user what came later.</summary>
    ImageTakenTooLate,

    /// <summary>A checkpoint counts before the log is durable up to what it holds.</summary>
    CheckpointBeforeDurable,

    /// <summary>The log is released whoever is away.</summary>
    LogReleasedTooEarly,

    /// <summary>A cold file is removed while somebody waits for what is in it.</summary>
    ColdFileRemovedTooEarly,

    /// <summary>What was to be moved when the disk was full is taken for moved the next time.</summary>
    StaleMovesKept,

    /// <summary>Who misses something that expired is not told.</summary>
    ExpiredNotTold,

    /// <summary>Recovery takes a batch for what its head says, whatever its bytes are.</summary>
    DamageNotSeen,

    /// <summary>Recovery cuts what was acknowledged, when it does not verify.</summary>
    AcknowledgedCut,

    /// <summary>What a crash left behind the end of the log stays there.</summary>
    TailNotCleared,

    /// <summary>The mark of a commit is stated before the data is on disk.</summary>
    SegmentNotSynced,

    /// <summary>A slow reader's send queue grows for ever.</summary>
    SendQueueUnbounded,

    /// <summary>A frame that the loop could not take yet is thrown away.</summary>
    DeferredFrameDropped,

    /// <summary>Bytes of a partial frame stay counted when their connection is gone.</summary>
    PartialBytesDrift,

    /// <summary>What a session that has gone was to be told is told the next one.</summary>
    SaidToSuccessor,

    /// <summary>A session that was paused for its undecided sends is never read again.</summary>
    ResumeForgotten,

    /// <summary>Connections that fell silent stay for ever.</summary>
    SilenceTolerated,

    /// <summary>A Ping does not settle what it says is settled.</summary>
    SettledInPingIgnored,

    /// <summary>After a clock was set back, rates give nothing until it has caught up.</summary>
    ClockBackSilences,
}
#endif
