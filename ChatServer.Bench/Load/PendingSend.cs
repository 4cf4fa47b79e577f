namespace ChatServer.Bench.Load;

/// <summary>A send without its final answer.</summary>
internal struct PendingSend
{
    public ulong Number;

    /// <summary>When it was due, which in an open loop may be before it was sent.</summary>
    public long Due;

    public int Recipient;

    public bool IsAnswered;
}
