namespace ChatServer.Bench.Load.Raw;

/// <summary>How far a client is with its connection.</summary>
internal enum RawClientState
{
    Away,

    /// <summary>The connection is being made, or Hello has no answer yet.</summary>
    Greeting,

    Open,
}
