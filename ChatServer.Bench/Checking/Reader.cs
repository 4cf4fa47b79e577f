namespace ChatServer.Bench.Checking;

/// <summary>One user in one conversation: what their devices reported.</summary>
internal sealed class Reader(int user)
{
    public int User => user;

    public ulong ReportedDelivered { get; set; }

    public ulong ReportedRead { get; set; }

    /// <summary>Marks up to here were judged.</summary>
    public ulong JudgedUpTo { get; set; }

    /// <summary>Marks say that the user has these, and no device reported it: they must turn out to be the user's own.</summary>
    public SequenceBits MustBeOwn { get; } = new();
}
