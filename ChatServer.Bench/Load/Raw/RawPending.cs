namespace ChatServer.Bench.Load.Raw;

/// <summary>Which message a send number stands for.</summary>
internal struct RawPending
{
    public RawPeer Peer;

    /// <summary>Its count in <see cref="RawPeer.Outgoing"/>.</summary>
    public long Index;

    public ulong Number;

    public bool IsFinal;
}
