namespace ChatServer.Bench.Load.Raw;

/// <summary>A message that was sent: enough to make its bytes again, and to compare what is said of it at both ends.</summary>
internal struct SentMessage
{
    public ulong Number;

    /// <summary>The place that was named first, in the answer or the delivery; 0: none yet.</summary>
    public ulong Sequence;

    /// <summary>The server's time of that place; 0: none yet.</summary>
    public ulong Time;

    /// <summary>When it was due, a part of its bytes.</summary>
    public long Due;

    public int Bytes;

    public SentState State;

    /// <summary>Whether it was sent again on another connection: then its times are those of a user who was away.</summary>
    public bool IsResent;
}
