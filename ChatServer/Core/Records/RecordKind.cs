namespace ChatServer.Core.Records;

/// <summary>What a record in the log says happened. Numbers are never reused.</summary>
internal enum RecordKind : byte
{
    UserAdded = 1,
    PasswordSet = 2,
    UserRemoved = 3,
    DeviceOpened = 4,
    DeviceRemoved = 5,
    TokensRevoked = 6,
    DeviceClosed = 7,
    DeviceDetached = 8,

    SettledUpTo = 16,
    SendPending = 17,
    Posted = 18,
    SendRefused = 19,
    Decided = 20,

    Sequenced = 32,
    Rejected = 33,
    EntryArrived = 34,
    OpeningAnswered = 35,
    Opened = 36,

    Received = 48,
    MarksArrived = 49,
    RecipientStatusArrived = 50,

    LaneAcknowledged = 64,

    Relocated = 80,
    Expired = 81,
    Spilled = 82,
    Unspilled = 83,

    /// <summary>In cold files only: <see cref="Core.RunIndex"/>.</summary>
    RunIndex = 84,
}
