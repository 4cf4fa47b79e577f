namespace ChatServer.Protocol.Client;

/// <summary>What became of a Message frame.</summary>
internal enum PushOutcome
{
    /// <summary>It is new and is handed on.</summary>
    New,

    /// <summary>The application has had it.</summary>
    Duplicate,

    /// <summary>It does not follow the one before it: something is missing on this connection.</summary>
    Gap,
}
