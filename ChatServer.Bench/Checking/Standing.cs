namespace ChatServer.Bench.Checking;

/// <summary>One device in one conversation.</summary>
internal sealed class Standing(CheckedDevice device, CheckedConversation conversation)
{
    public CheckedDevice Device => device;

    public CheckedConversation Conversation => conversation;

    /// <summary>The session of the last push.</summary>
    public ulong Session { get; set; }

    /// <summary>The last push of that session.</summary>
    public ulong Pushed { get; set; }

    /// <summary>What the application took for good.</summary>
    public SequenceBits Kept { get; } = new();

    /// <summary>The highest of it: what is kept for the first time comes after all that was kept before.</summary>
    public ulong KeptUpTo { get; set; }

    /// <summary>Pushes passed over these, of which nobody knows yet what they are.</summary>
    public SequenceBits PassedOver { get; } = new();

    /// <summary>The life that <see cref="PlacedNumber"/> is of.</summary>
    public int PlacedLife { get; set; } = -1;

    /// <summary>Of the sends of that life into this conversation that have a place, the one with the highest number.</summary>
    public uint PlacedNumber { get; set; }

    public ulong PlacedSequence { get; set; }

    /// <summary>What the device was told of how far others are.</summary>
    public List<SeenMark> Marks { get; } = [];
}
