namespace ChatServer.Protocol.Client;

/// <summary>The kinds of record in the file of <see cref="FileClientStore"/>. Numbers are never reused.</summary>
internal enum StoreRecordKind : byte
{
    /// <summary>Bytes.</summary>
    Token = 1,

    /// <summary>Bytes.</summary>
    History = 2,

    /// <summary>instance u64, attempt u32.</summary>
    Attempt = 3,

    /// <summary>number u64, conversation, payload.</summary>
    Send = 4,

    /// <summary>number u64.</summary>
    Answer = 5,

    /// <summary>deliveredUpTo u64, readUpTo u64, conversation.</summary>
    Cursors = 6,

    /// <summary>version u64.</summary>
    MarksVersion = 7,

    /// <summary>number u64: used, and answered unless a Send of it follows.</summary>
    LastSendNumber = 8,
}
