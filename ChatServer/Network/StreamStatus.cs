namespace ChatServer.Network;

internal enum StreamStatus : byte
{
    /// <summary>Some bytes went through.</summary>
    Done,

    /// <summary>Not now: nothing is there, or nothing fits.</summary>
    NotNow,

    /// <summary>The other end has said its last byte.</summary>
    Ended,

    /// <summary>The stream is broken.</summary>
    Failed,
}
