namespace ChatServer.Network;

internal enum ReceiveStatus : byte
{
    /// <summary>Everything that was there is taken; the next readiness is a poll event.</summary>
    Drained,

    /// <summary>The sink stopped, or a fair share was read: the rest is offered again by a poll event or by resuming.</summary>
    Stopped,

    /// <summary>The other end has closed, or the connection failed.</summary>
    Closed,
}
