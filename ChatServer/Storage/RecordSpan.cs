namespace ChatServer.Storage;

/// <summary>
/// Where a record lies in the record area of its section. <paramref name="Length"/> counts the record's header too.
/// </summary>
internal readonly record struct RecordSpan(int Offset, int Length);
