namespace ChatServer.Network;

internal enum AcceptStatus : byte
{
    Accepted,

    /// <summary>Nobody waits to be let in; the transport is told when somebody does.</summary>
    NoneLeft,

    /// <summary>This one is gone again; others may wait.</summary>
    Gone,

    /// <summary>Most likely no descriptor is left: who waits stays in the queue, and asking again at once would turn in a circle.</summary>
    Failed,
}
