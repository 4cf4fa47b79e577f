namespace ChatServer.Bench.Checking;

/// <summary>A value of an event, as the JSON form names it.</summary>
internal enum HistoryField
{
    Session,
    Device,
    Number,
    Conversation,
    Hash,
    Sequence,
    Previous,
    Sender,
    Time,
    Durability,
    IsKept,
    Code,
    User,
    DeliveredUpTo,
    ReadUpTo,
    IsDueAll,
    Name,
    Value,
    Limit,
}
